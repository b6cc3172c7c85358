"""Codecs of calling names over HTTP (extra `http`), sync and awaited."""

from loansms.providers._async.calling_name_http import AsyncHttpCallingNames
from loansms.providers._sync.calling_name_http import HttpCallingNames

__all__ = ["AsyncHttpCallingNames", "HttpCallingNames"]
