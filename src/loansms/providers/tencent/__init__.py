"""Tencent Cloud SMS (2021-01-11): texts, batches, pulls, look-ups by number, receipts and replies."""

from loansms.providers.tencent.codec import TencentCodec

__all__ = ["TencentCodec"]
