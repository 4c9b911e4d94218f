"""``python -m catenary`` is the ``catenary`` command."""

from catenary.cli import main

if __name__ == "__main__":
    main()
