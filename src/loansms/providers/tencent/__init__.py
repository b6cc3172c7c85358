"""Tencent Cloud: texts, batches, pulls, look-ups by number, receipts and replies (sms), voice calls (vms), names (smpn)."""

from loansms.providers.tencent.calling_names import TencentCallingNamesCodec
from loansms.providers.tencent.calls import TencentKeys
from loansms.providers.tencent.codec import TencentCodec
from loansms.providers.tencent.voice import TencentVoiceCodec

__all__ = ["TencentCallingNamesCodec", "TencentCodec", "TencentKeys", "TencentVoiceCodec"]
