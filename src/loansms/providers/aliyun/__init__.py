"""Alibaba Cloud SMS (Dysmsapi 2017-05-25): texts, batches, cards with a fallback, look-ups, receipts and replies."""

from loansms.providers.aliyun.codec import AliyunCodec

__all__ = ["AliyunCodec"]
