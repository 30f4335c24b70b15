"""The command ``automlv2``; needs the extra ``[cli]``, ``automlv2 local`` the extra ``[local]``."""
