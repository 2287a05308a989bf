"""The services of the sandbox, as their documentation describes them."""
