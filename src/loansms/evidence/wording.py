"""What findings, the page and the command say, in English and Chinese.

>>> say("finding.seal_forged", "en", seal="12")
'the signature of the seal of 12 is not that of its key'
"""

from __future__ import annotations

from collections.abc import Mapping

# key: (English, Chinese)
WORDS: Mapping[str, tuple[str, str]] = {
    "finding.line": ("line {line}: ", "第 {line} 行："),
    "finding.record_changed": (
        "record {number} (place {place}) is not what was sealed",
        "记录 {number}（位置 {place}）与封存时不一致",
    ),
    "finding.record_missing": (
        "record {number} was sealed at place {place} and is gone",
        "记录 {number} 曾封存于位置 {place}，现已缺失",
    ),
    "finding.record_added": (
        "record {number} stands among sealed records, and no leaf is its own",
        "记录 {number} 位于已封存的记录之间，但没有对应的叶子",
    ),
    "finding.leaf_changed": (
        "the leaf at place {place} (record {number}) was changed; the record itself is as it was sealed",
        "位置 {place} 的叶子（记录 {number}）被改动；记录本身与封存时一致",
    ),
    "finding.leaf_missing": (
        "the leaves of places {place} to {last} are gone",
        "位置 {place} 至 {last} 的叶子缺失",
    ),
    "finding.leaf_added": (
        "a leaf too many, for place {place} and record {number}",
        "多出一个叶子：位置 {place}，记录 {number}",
    ),
    "finding.leaf_order": (
        "the leaf of place {place} (record {number}) stands out of its order",
        "位置 {place} 的叶子（记录 {number}）次序不对",
    ),
    "finding.leaves_unsealed": (
        "the leaves of places {place} to {last} have no seal over them: a seal was taken away",
        "位置 {place} 至 {last} 的叶子没有封印：封印被移除",
    ),
    "finding.chain_changed": (
        "the chain does not hold from place {place} to {last}",
        "哈希链在位置 {place} 至 {last} 之间不连续",
    ),
    "finding.rewritten": (
        "places {place} to {last} were rewritten: leaves and chain agree, the signed root does not",
        "位置 {place} 至 {last} 被重写：叶子与哈希链相符，与已签名的根不符",
    ),
    "finding.seal_forged": (
        "the signature of the seal of {seal} is not that of its key",
        "大小为 {seal} 的封印签名不是其密钥所签",
    ),
    "finding.seal_foreign": (
        "the seal of {seal} is of a key, or a journal, that is not among those trusted",
        "大小为 {seal} 的封印所用密钥或所属日志不在受信之列",
    ),
    "finding.seal_order": (
        "the seal of {seal} stands out of its order, or twice",
        "大小为 {seal} 的封印次序不对或重复",
    ),
    "finding.seal_missing": (
        "a seal is gone: that of {seal}, or the one before it",
        "封印缺失：大小为 {seal} 的封印或其前一封印",
    ),
    "finding.suite_unknown": (
        "the seal of {seal} names a cipher suite that is not known",
        "大小为 {seal} 的封印所用密码套件未知",
    ),
    "finding.frontier_changed": (
        "the frontier of the seal of {seal} is not that of its signed root",
        "大小为 {seal} 的封印其 frontier 与已签名的根不符",
    ),
    "finding.stamp_wrong": (
        "the time stamp of the seal of {seal} does not vouch for it",
        "大小为 {seal} 的封印的时间戳与其不符",
    ),
    "finding.tail_cut": (
        "the journal ends at place {place}, and a checkpoint of {seal} was given out: its tail was cut off",
        "日志止于位置 {place}，而曾对外给出大小为 {seal} 的检查点：尾部被截去",
    ),
    "finding.checkpoint_forged": (
        "the outside checkpoint of {seal} is not signed by a key that is trusted",
        "大小为 {seal} 的外部检查点不是受信密钥所签",
    ),
    "finding.checkpoint_differs": (
        "the first {seal} leaves are not those of the outside checkpoint: the journal was rewritten",
        "前 {seal} 个叶子与外部检查点不符：日志被重写",
    ),
    "finding.checkpoint_absent": (
        "no seal of this export is the outside checkpoint of {seal}: ask for an export made with it",
        "本导出不含大小为 {seal} 的外部检查点所对应的封印：请索取包含它的导出",
    ),
    "finding.stopped": (
        "too much is wrong to go on: stopped at place {place}",
        "问题过多，核验止于位置 {place}",
    ),
    "finding.unreadable": ("not a line of such an export", "不是此类导出文件的行"),
    "finding.not_included": (
        "record {number} is not the one that the seal of {seal} has at place {place}",
        "记录 {number} 不是大小为 {seal} 的封印中位置 {place} 的记录",
    ),
    "finding.not_consistent": (
        "the seal of {seal} does not go on from the one before it: the journal was rewritten between them",
        "大小为 {seal} 的封印不是前一封印的延续：其间日志被重写",
    ),
    "finding.other_loan": ("record {number} is not of this loan", "记录 {number} 不属于本借据"),
    "finding.count": (
        "the file does not hold the keys, and as many records and seals, as its first line says",
        "文件中的公钥、记录数或封印数与首行所述不符",
    ),
    "finding.file_changed": (
        "{file} is not the file that was sent: record {number} has another SHA-256",
        "{file} 与所发文件不一致：记录 {number} 的 SHA-256 不同",
    ),
    "finding.file_unknown": (
        "no record speaks of the file {file}, under its name or its SHA-256",
        "没有记录提到文件 {file}（名称和 SHA-256 均不符）",
    ),
    "page.title": ("Evidence of messages: loan {loan}", "消息证据：借据 {loan}"),
    "page.by": ("Issued by {lender}, {at}", "出具方：{lender}，{at}"),
    "page.short": ("In short", "概要"),
    "page.holds": (
        "Records: {records}. Sealed: {sealed}; each stands as it was sealed. Last seal: {until}.",
        "共 {records} 条记录；已封存的 {sealed} 条均与封存时一致。最近一次封存：{until}。",
    ),
    "page.fails": (
        "This file does NOT hold. Findings: {count}. Do not rely on it.",
        "本文件未通过核验：发现 {count} 项问题。请勿采信。",
    ),
    "page.unsealed": (
        "Records not sealed yet, which nothing proves so far: {count}.",
        "{count} 条记录尚未封存，目前没有证明。",
    ),
    "page.unchecked": (
        "Time stamps that were not checked here: {count}.",
        "{count} 个时间戳在此未核验。",
    ),
    "page.key": (
        "Signed by this key; compare it, letter by letter, with the one the lender published:",
        "签名公钥如下，请与机构公布的公钥逐字比对：",
    ),
    "page.found": ("What does not hold", "不符之处"),
    "page.served": ("Documents served, and their delivery", "所送达的文件及送达记录"),
    "page.served.note": (
        "Joined from the records below. A file is kept sealed, for those who may read it; a copy is compared by its SHA-256.",
        "由下列记录汇集。文件本身加密保存，由有权者查看；持有副本者可比对 SHA-256。",
    ),
    "page.agreed": ("Service agreed", "送达约定"),
    "page.agreed.told": (
        "{at}; words of version {text_version}; recorded by {source}; proof {evidence}",
        "{at}；文本版本 {text_version}；来源 {source}；凭证 {evidence}",
    ),
    "page.agreed.none": ("none asked for", "无须约定"),
    "page.file": ("File", "文件"),
    "page.file.told": (
        "{name} ({type}), {bytes} bytes, SHA-256 {sha256}",
        "{name}（{type}），{bytes} 字节，SHA-256 {sha256}",
    ),
    "page.claimed": ("Claimed", "提交前登记"),
    "page.by_road": ("By", "途径"),
    "page.records": ("What happened", "经过"),
    "page.records.note": (
        "In the order in which it was sealed. Times in {zone}, then in UTC.",
        "按封存次序排列。时间先列 {zone}，后列 UTC。",
    ),
    "page.record": ("Record {number}", "记录 {number}"),
    "page.debtor": ("Person (ledger's key)", "当事人（账簿编号）"),
    "page.step": ("Step", "步骤"),
    "page.leaf": ("Leaf hash", "叶子哈希"),
    "page.sealed_at": ("Sealed at the latest", "封存不晚于"),
    "page.not_sealed": ("not sealed yet", "尚未封存"),
    "page.place": ("Place", "位置"),
    "page.where": ("{place}, under the seal of {seal}", "{place}，所属封印大小 {seal}"),
    "page.seals": ("Seals", "封印"),
    "page.seals.note": (
        "Each vouches for all records of the journal up to its size, those of other loans included.",
        "每个封印证明日志中截至其大小的全部记录，包括其他借据的记录。",
    ),
    "page.size": ("Size", "大小"),
    "page.time": ("Time", "时间"),
    "page.root": ("Root", "根"),
    "page.signer": ("Key", "密钥"),
    "page.stamp": ("Time stamp of others", "第三方时间戳"),
    "page.yes": ("yes", "有"),
    "page.no": ("no", "无"),
    "page.terms": ("What the words mean", "术语"),
    "term.record": ("record", "记录"),
    "means.record": (
        "one thing that happened, written down when it happened and never changed",
        "一件已发生之事，于发生时写下，此后不改",
    ),
    "term.leaf": ("leaf hash", "叶子哈希"),
    "means.leaf": (
        "a digest of a record's exact text: change one character and it is another",
        "记录原文的摘要：改一个字符，摘要即不同",
    ),
    "term.root": ("root", "根"),
    "means.root": (
        "one digest over all leaves up to a size (Merkle tree, RFC 6962): no record under it can be changed, added or taken out",
        "截至某一大小的全部叶子的总摘要（Merkle 树，RFC 6962）：其下任何记录不能被改动、增添或抽出",
    ),
    "term.path": ("path", "路径"),
    "means.path": (
        "the digests by which a record leads to a root without showing anybody else's records",
        "由一条记录推算到根所需的摘要，不泄露他人的记录",
    ),
    "term.chain": ("chain", "哈希链"),
    "means.chain": (
        "each leaf joined to the one before, so that the order cannot be changed",
        "每个叶子与前一个相连，次序不能更改",
    ),
    "term.seal": ("seal, checkpoint", "封印、检查点"),
    "means.seal": (
        "size, root, chain and time, signed with the lender's key; a copy given away fixes the past for good",
        "以机构密钥签名的大小、根、链与时间；副本一经交出，此前的记录即告固定",
    ),
    "term.signature": ("signature, key", "签名、密钥"),
    "means.signature": (
        "only the holder of the secret key can make it; anybody can check it with the public key",
        "只有私钥持有者能够生成，任何人都能用公钥核验",
    ),
    "term.stamp": ("time stamp", "时间戳"),
    "means.stamp": (
        "the word of an authority outside the lender that the seal existed at a time (RFC 3161)",
        "机构之外的时间戳服务对封印在某时已存在的证明（RFC 3161）",
    ),
    "term.body": ("digest of the words (body)", "正文摘要（body）"),
    "means.body": (
        "a keyed digest of the text that was sent: with the person's key it is shown that a text is the one sent",
        "所发正文的带密钥摘要：凭当事人密钥可证明某段文字即为所发正文",
    ),
    "term.suite": ("suite", "密码套件"),
    "means.suite": (
        "the kinds of digest and signature: intl is SHA-256 and Ed25519, gm is SM3 and SM2",
        "摘要与签名算法：intl 为 SHA-256 与 Ed25519，gm 为 SM3 与 SM2",
    ),
    "page.limits": ("What this does not prove", "本文件不能证明什么"),
    "limit.left_out": (
        "That no record of this loan was left out of the file; that takes a check of the whole journal.",
        "不能证明本借据没有记录被遗漏于文件之外；这须核验整个日志。",
    ),
    "limit.before": (
        "That what was written down was true: a machine that lies before the seal is sealed with its lie.",
        "不能证明所记为真：封存之前写下的不实内容，封存后仍是不实。",
    ),
    "limit.clock": (
        "The lender's clock: without a time stamp of others a time is the lender's own word.",
        "不能证明机构时钟准确：没有第三方时间戳时，时间仅为机构自述。",
    ),
    "limit.rewritten": (
        "That the holder of the key did not write the journal anew, unless a checkpoint given out earlier is compared.",
        "除非与此前交出的检查点比对，不能证明密钥持有者没有重写日志。",
    ),
    "page.check": ("How to check it without us", "如何自行核验"),
    "check.save": (
        "Save the two files below. Neither needs this library, nor a network.",
        "保存下面两个文件。二者均不需要本软件库，也不需要网络。",
    ),
    "check.data": ("evidence.jsonl (the records, proofs and seals)", "evidence.jsonl（记录、证明与封印）"),
    "check.program": (
        "verify_export.py (a short program, Python 3.9)",
        "verify_export.py（一段短程序，Python 3.9）",
    ),
    "check.run": (
        "Run this; add checkpoint.txt where you hold one of the lender's, and any document you were sent:",
        "运行下列命令；如持有机构的检查点或所收到的文件，请一并附上：",
    ),
    "check.digest": ("Digest (SHA-256): ", "摘要（SHA-256）："),
    "page.private": (
        "This page holds no phone number, name or unmasked message text.",
        "本页不含手机号、姓名和未脱敏的短信正文。",
    ),
    "verdict.holds": (
        "{path}: holds: {records} records, {sealed} sealed in {seals} seals, the last of {until}",
        "{path}：核验通过：{records} 条记录，其中 {sealed} 条已封存，共 {seals} 个封印，最近一个 {until}",
    ),
    "verdict.fails": ("{path}: does NOT hold; findings: {count}", "{path}：核验未通过：发现 {count} 项问题"),
    "verdict.unsealed": ("not sealed yet, proved by nothing: {count}", "尚未封存、没有证明：{count} 条"),
    "verdict.stamps": ("time stamps not checked here: {count}", "此处未核验的时间戳：{count} 个"),
    "verdict.own_key": (
        "the key is the file's own: compare {keys} with what the lender published, or give --key",
        "所用公钥出自文件本身：请将 {keys} 与机构公布的公钥比对，或用 --key 指定",
    ),
    "verdict.no_checkpoint": (
        "no checkpoint from outside was compared: a rewrite by the holder of the key would not show",
        "未与外部检查点比对：密钥持有者若重写日志，在此无法发现",
    ),
    "kind.decided": ("Not sent, with reasons", "经决定未发送，附理由"),
    "kind.claimed": ("About to be sent", "即将发送"),
    "kind.finished": ("What the provider answered", "通道的答复"),
    "kind.expired": ("Outcome unknown: its process fell silent", "结果未知：处理进程失去响应"),
    "kind.receipt": ("Delivery receipt", "送达回执"),
    "kind.reply": ("Reply of the recipient", "收件人回复"),
    "kind.resolved": ("An unknown outcome settled by a person", "未知结果经人工确认"),
    "kind.contact": ("Contact made elsewhere", "其他途径的联系"),
    "kind.suppressed": ("Contact stopped", "停止联系"),
    "kind.released": ("Contact allowed again", "恢复联系"),
    "kind.consented": ("Consent given", "给予同意"),
    "kind.revoked": ("Consent withdrawn", "撤回同意"),
    "kind.held": ("Put on hold", "暂停处理"),
    "kind.paid": ("Payment", "还款"),
    "kind.preferred": ("Wish about how to be written to", "联系偏好"),
    "kind.stopped": ("Sending stopped by staff", "人工停止发送"),
    "kind.resumed": ("Sending resumed by staff", "人工恢复发送"),
    "kind.read": ("Plain data read by staff", "工作人员查看明文"),
    "kind.erasure_asked": ("Erasure asked for", "请求删除"),
    "kind.shredded": ("Personal data shredded", "个人信息已销毁"),
    "kind.swept": ("Removed at the end of its period", "保存期满清除"),
    "kind.case": ("Handed to a person", "转人工处理"),
}


# A record's own keys, as they stand on a page beside their time.
TOLD = ("state", "status", "code", "leg", "provider", "provider_message_id", "sent", "by")


def say(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][lang.casefold().startswith("zh")].format(**values)
