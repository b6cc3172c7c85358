"""Alibaba Cloud: texts, batches, cards with a fallback, look-ups, receipts and replies (Dysmsapi), and voice calls (Dyvmsapi)."""

from loansms.providers.aliyun.calls import AliyunKeys
from loansms.providers.aliyun.codec import AliyunCodec
from loansms.providers.aliyun.voice import AliyunVoiceCodec

__all__ = ["AliyunCodec", "AliyunKeys", "AliyunVoiceCodec"]
