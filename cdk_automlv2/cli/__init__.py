"""The command ``automlv2``; needs the extra ``[local]``."""
