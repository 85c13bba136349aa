"""The schema as files: as the command line prints it, as it is committed, as it is served."""

import enum
import json
from typing import Annotated

import pytest
import strawberry
from graphql import build_client_schema, build_schema, find_breaking_changes
from pydantic import SecretStr

from app import schema
from quality.harness.clients import Api
from quality.harness.processes import ROOT
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.graphql.schema_files import SCHEMA_FILES, introspection, possible_types, sdl
from serving.settings.settings import Settings

COMMITTED = {
    "sdl": ROOT / "schema.graphql",
    "introspection": ROOT / "clients/introspection.json",
    "possible-types": ROOT / "clients/possible-types.json",
}
PATHS = [file.path for file in SCHEMA_FILES.values()]
CLOSED = Settings(sandbox=True, auth_secret=SecretStr("s" * 40), allow_anonymous=False)
LIVE = Settings(auth_secret=SecretStr("s" * 40), stripe_secret_key=SecretStr("rk_live_any"))


class TestCommitted:
    @pytest.mark.parametrize("name", SCHEMA_FILES)
    def test_it_is_what_is_printed(self, name):
        assert COMMITTED[name].read_text() == SCHEMA_FILES[name].write(schema) + "\n", "run make schema"

    def test_what_is_printed_breaks_no_client_of_what_is_committed(self):
        assert find_breaking_changes(build_schema(COMMITTED["sdl"].read_text()), build_schema(sdl(schema))) == []

    def test_the_introspection_describes_the_same_schema(self):
        introspected = build_client_schema(json.loads(COMMITTED["introspection"].read_text()))
        written = build_schema(COMMITTED["sdl"].read_text())
        assert find_breaking_changes(written, introspected) == find_breaking_changes(introspected, written) == []


class TestDescription:
    """Of the schema as a whole."""

    async def test_it_is_printed_and_introspected(self, api):
        printed = build_schema(sdl(schema)).description
        assert printed.startswith("The saved payment methods")
        assert build_client_schema(json.loads(introspection(schema))).description == printed
        assert (await api.data("{ __schema { description } }"))["__schema"]["description"] == printed


class TestServed:
    @pytest.mark.parametrize("name", SCHEMA_FILES)
    async def test_it_is_what_is_committed(self, api, name):
        response = await api.http.get(SCHEMA_FILES[name].path)
        assert response.status_code == 200
        assert response.content == COMMITTED[name].read_bytes()
        assert response.headers["content-type"].startswith(SCHEMA_FILES[name].media_type)

    @pytest.mark.parametrize("path", PATHS)
    async def test_a_client_with_the_current_file_gets_304(self, api, path):
        tag = (await api.http.get(path)).headers["etag"]
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            response = await api.http.get(path, headers={"If-None-Match": known})
            assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
            assert "private" in response.headers["cache-control"]
        assert (await api.http.get(path, headers={"If-None-Match": '"other"'})).status_code == 200

    @pytest.mark.parametrize("path", PATHS)
    async def test_its_head_alone(self, api, path):
        response = await api.http.head(path)
        assert response.status_code == 200
        assert response.headers["etag"] == (await api.http.get(path)).headers["etag"]

    @pytest.mark.parametrize("path", PATHS)
    async def test_it_opens_to_those_to_whom_the_service_does(self, stripe, path):
        async with Api(CLOSED, stripe) as api:
            assert (await api.http.get(path, headers=bearer(CLOSED, customer=AMARA))).status_code == 200
            assert (await api.http.get(path, headers=bearer(CLOSED, service=True))).status_code == 200
            refused = await api.http.get(path)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == 'Bearer realm="attache"'
        (error,) = refused.json()["errors"]
        assert error["extensions"]["code"] == "UNAUTHENTICATED"

    @pytest.mark.parametrize("path", PATHS)
    async def test_a_refusal_has_the_shape_of_graphql_s(self, stripe, path):
        accept = {"Accept": "application/graphql-response+json"}
        async with Api(CLOSED, stripe) as api:
            refused = await api.http.get(path, headers=accept)
            by_graphql = await api.http.get("/graphql", params={"query": "{ viewer { kind } }"}, headers=accept)
        assert (refused.status_code, refused.headers["content-type"], refused.json()) == (
            by_graphql.status_code,
            by_graphql.headers["content-type"],
            by_graphql.json(),
        )

    @pytest.mark.parametrize("path", PATHS)
    async def test_pages_of_strangers_do_not_get_it(self, api, path):
        assert (await api.http.get(path, headers={"Origin": "https://elsewhere.example"})).status_code == 403

    @pytest.mark.parametrize("path", PATHS)
    async def test_with_a_live_key_services_get_it_and_customers_do_not(self, stripe, path):
        async with Api(LIVE, stripe) as api:
            assert (await api.http.get(path, headers=bearer(LIVE, service=True))).status_code == 200
            refused = await api.http.get(path, headers=bearer(LIVE, customer=AMARA))
        assert refused.status_code == 403
        assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    @pytest.mark.parametrize("path", PATHS)
    async def test_where_introspection_is_off_there_is_none(self, stripe, path):
        async with Api(Settings(introspection=False), stripe) as api:
            assert (await api.http.get(path)).status_code == 404


# --- What this schema does not use yet ------------------------------------------------------------------------------


@strawberry.interface
class Thing:
    id: strawberry.ID


@strawberry.type
class Shelf(Thing):
    rows: int = strawberry.field(deprecation_reason="Count boards.", default=1)


@strawberry.type
class Box(Thing):
    pass


@strawberry.enum
class Size(enum.Enum):
    SMALL = strawberry.enum_value("small", deprecation_reason="None is left.")
    LARGE = "large"


@strawberry.input(one_of=True)
class Which:
    id: strawberry.Maybe[strawberry.ID]
    size: strawberry.Maybe[Size] = strawberry.field(deprecation_reason="Name it.")


@strawberry.type
class Query:
    @strawberry.field
    def thing(
        self, which: Which, shelf: Annotated[str | None, strawberry.argument(deprecation_reason="Never used.")] = None
    ) -> Thing | None:
        return None


class TestWhatIsNotUsedYet:
    @pytest.fixture
    def small(self):
        return strawberry.Schema(query=Query, types=[Shelf, Box])

    @pytest.fixture
    def introspected(self, small):
        return build_client_schema(json.loads(introspection(small)))

    def test_deprecations_are_printed(self, small):
        for reason in ("Count boards.", "None is left.", "Name it.", "Never used."):
            assert f'@deprecated(reason: "{reason}")' in sdl(small)

    def test_deprecations_are_introspected(self, introspected):
        assert introspected.type_map["Shelf"].fields["rows"].deprecation_reason == "Count boards."
        assert introspected.type_map["Size"].values["SMALL"].deprecation_reason == "None is left."
        assert introspected.type_map["Which"].fields["size"].deprecation_reason == "Name it."
        assert introspected.query_type.fields["thing"].args["shelf"].deprecation_reason == "Never used."

    def test_one_of_is_printed_and_introspected(self, small, introspected):
        assert "input Which @oneOf" in sdl(small)
        assert build_schema(sdl(small)).type_map["Which"].is_one_of
        assert introspected.type_map["Which"].is_one_of

    def test_possible_types_name_all_in_order(self, small):
        assert json.loads(possible_types(small)) == {"Thing": ["Box", "Shelf"]}

    def test_the_two_forms_agree(self, small, introspected):
        assert find_breaking_changes(build_schema(sdl(small)), introspected) == []
