"""What the sandbox is seeded with, by the names that the tests use."""

JENNY = "cus_NbZ8Ki3f322LNn"
JENNYS_CARD = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
UNATTACHED_CARD = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"

AMARA = "cus_T4qv4Qn42jKZ9G"
AMARAS_DEFAULT = "pm_1SSi2oLkdIwHu7ixbALnZ04S"
AMARAS_BANK_ACCOUNT = "pm_1S2X1YLkdIwHu7ixPx5F2TwS"

MATEO = "cus_TT6bMT4UamxeFj"
MATEOS_CARD = "pm_1SdJLRLkdIwHu7ixLYEvvnHN"

DELETED = "cus_TAnSIolbJniaK5"
CARD_OF_DELETED = "pm_1SzzFrLkdIwHu7iximJ78Hih"

ACCOUNT = "acct_1SQ7ZkLkdIwHu7ix"
SPENT_CARD = "pm_1SoySGLkdIwHu7ixLmHCVpLS"

NOOR = "cus_NvK2dY8uTqLw4R"
NOORS_DEFAULT_SOURCE = "card_1N3LkaLkdIwHu7ixQw8ZtP5v"
NOORS_SUBSCRIPTION_SOURCE = "card_1N3LkbLkdIwHu7ixHc2RmY7d"
NOORS_OTHER_CARD = "card_1N3LkcLkdIwHu7ixB9sXfE4n"
