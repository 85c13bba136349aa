import pytest

from quality.harness.wallets import (
    ACCOUNT,
    AMARA,
    AMARAS_BANK_ACCOUNT,
    AMARAS_DEFAULT,
    CARD_OF_DELETED,
    DELETED,
    JENNY,
    JENNYS_CARD,
    UNATTACHED_CARD,
)

WHOLE_METHOD = """
query Method($id: ID!) {
  paymentMethod(id: $id) {
    id type typeName allowRedisplay created livemode metadata customerAccount displayLabel isDefault isExpired
    customer { id }
    billingDetails { name email phone taxId address { line1 line2 city state postalCode country } }
    card {
      brand displayBrand expMonth expYear last4 funding country fingerprint regulatedStatus
      checks { cvcCheck addressLine1Check addressPostalCodeCheck }
      networks { available preferred } threeDSecureUsage { supported }
      wallet { type dynamicLast4 } generatedFrom { charge setupAttempt paymentMethodDetails }
    }
    details { __typename ... on Card { last4 } ... on UsBankAccount { bankName accountLast4: last4 } }
  }
}
"""
NO_ADDRESS = {"line1": None, "line2": None, "city": None, "state": None, "postalCode": None, "country": None}


async def test_a_card_comes_whole(api):
    data = await api.data(WHOLE_METHOD, id=JENNYS_CARD)
    assert data["paymentMethod"] == {
        "id": JENNYS_CARD,
        "type": "CARD",
        "typeName": "card",
        "allowRedisplay": "UNSPECIFIED",
        "created": "2023-03-27T19:28:19Z",
        "livemode": False,
        "metadata": {},
        "customerAccount": None,
        "displayLabel": "Visa •••• 4242",
        "isDefault": False,
        "isExpired": True,
        "customer": {"id": JENNY},
        "billingDetails": {"name": None, "email": None, "phone": None, "taxId": None, "address": NO_ADDRESS},
        "card": {
            "brand": "VISA",
            "displayBrand": "VISA",
            "expMonth": 8,
            "expYear": 2026,
            "last4": "4242",
            "funding": "CREDIT",
            "country": "US",
            "fingerprint": "mToisGZ01V71BCos",
            "regulatedStatus": "UNREGULATED",
            "checks": {"cvcCheck": "UNCHECKED", "addressLine1Check": None, "addressPostalCodeCheck": None},
            "networks": {"available": ["VISA"], "preferred": None},
            "threeDSecureUsage": {"supported": True},
            "wallet": None,
            "generatedFrom": None,
        },
        "details": {"__typename": "Card", "last4": "4242"},
    }


async def test_a_bank_account_has_no_card_but_details(api):
    method = (await api.data(WHOLE_METHOD, id=AMARAS_BANK_ACCOUNT))["paymentMethod"]
    assert method["type"] == "US_BANK_ACCOUNT"
    assert method["card"] is None
    assert method["details"]["__typename"] == "UsBankAccount"
    assert method["displayLabel"].startswith("Bank account •••• ")


@pytest.mark.parametrize("id", ["pm_none", "", "..", "cus_NbZ8Ki3f322LNn", "pm_1/../../customers"])
async def test_a_method_that_is_not_there_is_null(api, id):
    assert await api.data("query($id: ID!) { paymentMethod(id: $id) { id } }", id=id) == {"paymentMethod": None}


async def test_a_customer_with_the_wallet(api):
    query = """query($id: ID!) { customer(id: $id) {
      __typename id name email phone description created currency livemode metadata
      address { line1 city country } defaultPaymentMethod { id isDefault displayLabel }
      paymentMethods(first: 3) { nodes { id isDefault } pageInfo { hasNextPage hasPreviousPage } }
    } }"""
    customer = (await api.data(query, id=AMARA))["customer"]
    assert (customer["__typename"], customer["id"], customer["name"]) == ("Customer", AMARA, "Amara Okafor")
    assert customer["defaultPaymentMethod"]["id"] == AMARAS_DEFAULT
    assert customer["defaultPaymentMethod"]["isDefault"] is True
    assert len(customer["paymentMethods"]["nodes"]) == 3
    assert customer["paymentMethods"]["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}


@pytest.mark.parametrize("id", ["cus_none", DELETED, "", "pm_1MqLiJLkdIwHu7ixUEgbFdYF"])
@pytest.mark.parametrize(
    "selection", ["id", "id email", "paymentMethods { nodes { id } }", "id defaultPaymentMethod { id }"]
)
async def test_a_customer_that_is_not_there_is_null(api, id, selection):
    data = await api.data(f"query($id: ID!) {{ customer(id: $id) {{ {selection} }} }}", id=id)
    assert data == {"customer": None}


async def test_a_deleted_customer_s_method_keeps_the_id_and_has_no_customer_to_read(api):
    query = "query($id: ID!) { paymentMethod(id: $id) { customer { %s } isDefault } }"
    data = await api.data(query % "id", id=CARD_OF_DELETED)
    assert data["paymentMethod"]["isDefault"] is False
    data = await api.data(query % "id email", id=CARD_OF_DELETED)
    assert data == {"paymentMethod": {"customer": None, "isDefault": False}}


async def test_without_an_id_an_anonymous_caller_must_name_the_customer(api):
    answer = await api("{ customer { id } }")
    assert answer["data"] == {"customer": None}
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_the_viewer_is_anonymous_in_the_sandbox(api, stripe):
    data = await api.data("{ viewer { subject kind customer { id } } }")
    assert data == {"viewer": {"subject": None, "kind": "ANONYMOUS", "customer": None}}
    assert stripe.calls == []


class TestNode:
    QUERY = """query($id: ID!) { node(id: $id) {
      __typename id ... on PaymentMethod { displayLabel } ... on Customer { name }
    } }"""

    async def test_the_prefix_tells_the_type(self, api):
        data = await api.data(self.QUERY, id=JENNYS_CARD)
        assert data["node"] == {"__typename": "PaymentMethod", "id": JENNYS_CARD, "displayLabel": "Visa •••• 4242"}
        data = await api.data(self.QUERY, id=JENNY)
        assert data["node"] == {"__typename": "Customer", "id": JENNY, "name": "Jenny Rosen"}

    @pytest.mark.parametrize("id", ["pm_none", "cus_none", DELETED, "", "nonsense", "tok_visa"])
    async def test_what_is_not_there_is_null(self, api, id):
        assert await api.data(self.QUERY, id=id) == {"node": None}

    async def test_many_come_in_the_order_asked(self, api):
        query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
        ids = [JENNY, "pm_none", UNATTACHED_CARD, JENNYS_CARD, "nonsense", JENNYS_CARD]
        nodes = (await api.data(query, ids=ids))["nodes"]
        assert [node and node["id"] for node in nodes] == [JENNY, None, UNATTACHED_CARD, JENNYS_CARD, None, JENNYS_CARD]

    async def test_none_is_an_empty_list(self, api):
        assert await api.data("{ nodes(ids: []) { id } }") == {"nodes": []}

    async def test_more_than_a_hundred_are_refused(self, api, stripe):
        answer = await api("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["pm_x"] * 101)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert stripe.calls == []


class TestAccount:
    QUERY = """query($id: ID!, $first: Int) { paymentMethods(customerAccountId: $id, first: $first) {
      nodes { id customerAccount } pageInfo { hasNextPage } } }"""

    async def test_its_wallet_can_be_listed(self, api):
        page = (await api.data(self.QUERY, id=ACCOUNT))["paymentMethods"]
        assert page["nodes"]
        assert {node["customerAccount"] for node in page["nodes"]} == {ACCOUNT}

    async def test_what_is_attached_to_it_is_in_it(self, api):
        attach = """mutation($i: AttachPaymentMethodInput!) { attachPaymentMethod(input: $i) {
          paymentMethod { id customerAccount } errors { code } } }"""
        payload = (await api.data(attach, i={"paymentMethodId": "pm_card_visa", "customerAccountId": ACCOUNT}))[
            "attachPaymentMethod"
        ]
        assert payload["paymentMethod"]["customerAccount"] == ACCOUNT
        nodes = (await api.data(self.QUERY, id=ACCOUNT))["paymentMethods"]["nodes"]
        assert payload["paymentMethod"] in nodes

    @pytest.mark.parametrize("id", ["acct_none", JENNY])
    async def test_what_is_not_there_is_null(self, api, id):
        assert await api.data(self.QUERY, id=id) == {"paymentMethods": None}

    async def test_arguments_that_can_not_be_used_are_named(self, api):
        answer = await api(self.QUERY, id=ACCOUNT, first=-1)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
