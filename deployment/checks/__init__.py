"""Whether what deploys the service is right; `make deployment` runs it with the tools that it takes."""
