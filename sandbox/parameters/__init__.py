"""The parameters of Stripe's endpoints, one file per resource."""
