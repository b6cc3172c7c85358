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
}


def say(key: str, lang: str, **values: str) -> str:
    """Return the words for `key` in `lang`, filled with `values`."""
    return WORDS[key][lang.casefold().startswith("zh")].format(**values)
