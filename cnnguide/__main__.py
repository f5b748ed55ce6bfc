"""`python -m cnnguide` is the command `cnnguide`."""

from cnnguide.cli import main

if __name__ == "__main__":
    main()
