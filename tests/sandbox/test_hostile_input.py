"""Any input gets a response in Stripe's format, and none makes the sandbox fail."""

import json
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import create_sandbox
from sandbox.endpoints.routes import ENDPOINTS
from sandbox.objects.webhooks.event import Event
from tests.sandbox.driver import Api, http_client

IDS = [
    "pm_1MqM05LkdIwHu7ixlDxxO6Mc",
    "pm_1MqLiJLkdIwHu7ixUEgbFdYF",
    "pm_1S2X1YLkdIwHu7ixPx5F2TwS",
    "pm_card_visa",
    "pm_card_visa_chargeDeclined",
    "pm_card_authenticationRequired",
    "cus_NbZ8Ki3f322LNn",
    "cus_TAnSIolbJniaK5",
    "sub_1SVk7pLkdIwHu7ixb3RfYw9u",
    "acct_1SQ7ZkLkdIwHu7ix",
]
ids = st.sampled_from(IDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = st.sampled_from(sorted({name for endpoint in ENDPOINTS for name in endpoint.parameters.members}))
words = st.sampled_from(["", "0", "1", "true", "card", "tok_visa", "customer", "always", "off_session", "12", "2030"])
values = st.recursive(
    words | ids,
    lambda below: st.dictionaries(names | st.sampled_from("01"), below, min_size=1, max_size=3),
    max_leaves=4,
)
wide = st.dictionaries(names, values, max_size=5)


@st.composite
def requests(draw):
    """Draws an endpoint, ids for its path, and parameters, most of which it knows."""
    endpoint = draw(st.sampled_from(ENDPOINTS))
    path = "/".join(quote(draw(ids), safe="") if step.startswith("{") else step for step in endpoint.path.split("/"))
    known = dict.fromkeys(endpoint.parameters.members, values)
    form = draw(st.fixed_dictionaries({}, optional=known) | wide)
    return endpoint.method, path, form


@settings(deadline=None, max_examples=100)
@given(st.lists(requests(), min_size=1, max_size=6))
async def test_no_request_fails_or_changes_an_earlier_event(sent):
    created: list[tuple[Event, str]] = []
    sandbox = create_sandbox()
    sandbox.store.subscribe(lambda event, endpoints: created.append((event, json.dumps(event.body))))
    async with http_client(sandbox) as http:
        api = Api(http)
        for method, path, form in sent:
            assert (await api.request(method, path, form)).status in (200, 400, 402, 404)
    assert [json.dumps(event.body) for event, _ in created] == [body for _, body in created]
