"""The service after a breaking change: what was `displayLabel` is called `label`. Run as a module, with its options."""

import sys

from strawberry.types import get_object_definition

from schema.payment_methods.payment_method import PaymentMethod

if __name__ == "__main__":
    definition = get_object_definition(PaymentMethod, strict=True)
    (field,) = [field for field in definition.fields if field.python_name == "display_label"]
    field.graphql_name = "label"
    # The schema is built when the server is imported.
    from cli import main

    sys.exit(main())
