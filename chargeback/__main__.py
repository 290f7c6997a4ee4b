"""Entry point of ``python -m chargeback``: the same commands as the script ``chargeback``."""

from chargeback.cli.app import console

if __name__ == "__main__":
    console()
