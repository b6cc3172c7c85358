"""Tencent Cloud: texts, batches, pulls, look-ups by number, receipts and replies (sms), and voice calls (vms)."""

from loansms.providers.tencent.calls import TencentKeys
from loansms.providers.tencent.codec import TencentCodec
from loansms.providers.tencent.voice import TencentVoiceCodec

__all__ = ["TencentCodec", "TencentKeys", "TencentVoiceCodec"]
