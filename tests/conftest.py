"""Settings shared by all tests."""

from hypothesis import HealthCheck, settings

# The same examples in every run; the time of one example says nothing on a loaded machine.
settings.register_profile(
    "catenary", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("catenary")
