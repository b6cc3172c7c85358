"""The adversarial list of opt-outs, and texts that are none: words x disguises by table, and sentences written one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

WORDS_EN = [
    "R", "T", "TD", "N", "STOP", "STOPALL", "QUIT", "END", "REVOKE", "OPT OUT", "OPT-OUT", "OPTOUT", "CANCEL",
    "UNSUBSCRIBE", "ARRET", "REMOVE", "STOP ALL", "UNSUB",
]  # fmt: skip
WORDS_ZH = [
    "退订",
    "拒收",
    "退訂",
    "取消订阅",
    "停止发送",
    "TD退订",
    "回T退订",
    "不要再发",
    "请勿再发",
    "别发了",
    "不要发了",
]


def wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "small": str.lower,
    "title": str.title,
    "wide": wide,
    "spaced": " ".join,
    "ideographic spaces": "\u3000".join,
    "dotted": ".".join,
    "quoted": lambda text: f"“{text}”",
    "stop after": lambda text: f"{text}。",
    "marks after": lambda text: f"{text}!!!",
    "bracketed": lambda text: f"【{text}】",
    "lines": lambda text: f"\n{text}\n",
    "hidden": "\u200b".join,
    "thanks": lambda text: f"{text}, 谢谢" if not text.isascii() else f"{text} please",
    "doubled": lambda text: text + text[-1],
    "hyphens": "-".join,
    "emoji": lambda text: f"{text}🙏",
}
TYPOS = [
    "stpo", "sotp", "tsop", "stopp", "stoop please", "STOPP", "stooop", "sttop", "st0p", "$top", "stap texting me", "srop", "stpp",
    "unsubcribe", "unsuscribe", "unsubscibe", "unsubscrbe", "UNSUBSCRIBED ME", "un subscribe", "unsubsribe", "usubscribe", "ubsubscribe",
    "cancle", "cacnel", "canel", "remvoe", "rmeove", "revoek", "optout pls", "opt-me-out", "stopit", "StopTexting", "STOPTEXTINGME",
    "ѕtор", "ЅТОР", "ⓢⓣⓞⓟ", "𝐒𝐓𝐎𝐏", "ＳＴＯＰ　ＡＬＬ", "s_t_o_p", "s*t*o*p", "S.T.O.P.", "s t o p texting", "stop!now", "STOP.",
    "退定", "退丁", "推订", "退 定", "tui订", "退ding", "t订", "tuiding", "tui ding", "拒受", "拒首", "ju收", "取消定阅", "别在发了", "憋发了", "别再fa了",
    "bie fa le", "bu yao fa", "退|订", "退、订", "退..订", "退🚫订", "𝐓𝐃", "Ⓣ", "ｔｄ", "ＴＤ退訂", "T D", "t.d.", "回复T", "回复TD", "回 N", "回R谢谢", "回复R退订",
    "拒收请回复R", "TD，谢谢", "R!!!", "好的T", "别发了 T", "退订退订退订", "nnn", "TTTT",
]  # fmt: skip
SENTENCES = [
    "抗议！", "抗议你们天天发短信", "别再发了", "别再给我发了", "不要再给我发短信", "请不要再发了", "停止给我发信息", "不许再发短信给我", "别给我发消息了",
    "以后别发了", "以后不要再联系我", "不要联系我", "别联系我了", "请停止联系", "请停止骚扰", "不要骚扰我", "别骚扰我", "再骚扰我就报警", "再发我投诉了", "再发短信就举报你",
    "我不要收短信", "我不想收到这些短信", "不想再收到你们的短信", "不再接收", "拒绝接收短信", "我拒收", "帮我退订", "我要退订", "怎么退订", "如何退订短信", "退订了还发",
    "退订！已经还了", "已经还了，退订", "周五还，别再发短信了", "我没钱，别发短信了", "退订，全部", "所有短信都退订", "把我拉黑吧", "把我的号码删了", "删除我的手机号",
    "请把我从名单移除", "从你们系统里删除我的号码", "麻烦取消短信提醒", "取消推送", "能不能别再发了", "能不能不要再给我发短信", "可不可以不要再发", "求你们别发了",
    "不用再提醒我", "别再推送了", "不要再推送广告", "别打扰我", "请勿打扰", "勿扰", "免打扰", "别再打电话给我", "停发", "停", "够了，别发了", "烦不烦，别再发", "谁让你们给我发短信的，别再发了",
    "我撤回同意", "我不同意发送短信", "不需要短信通知", "不需要再发", "不用发短信了", "短信不要再发了", "不要在给我发了", "別再發短訊給我", "請勿再發", "停止發送", "不要再傳訊息給我",
    "唔好再send", "唔好再打嚟", "我要求停止接收一切信息", "一条都不要再发", "永远不要再联系我", "任何短信都不要发", "不是我，别再发了", "打错了，别再打扰我", "你们是骗子，退订", "我是他老婆，别再发了", "不要退订费，我要退订",
    "stop texting me", "Stop it", "stop this", "stop now", "please stop", "pls stop", "STOP PLEASE", "stop thanks", "stop sending me these", "stop messaging me", "stop with the texts",
    "stop contacting me", "stop calling and texting", "stop bothering me", "stop harassing me", "stop spamming", "just stop", "stop already", "ok stop", "yes stop", "i said stop", "i told you to stop",
    "can you stop", "will you please stop texting", "could you not text me", "I want to stop these texts", "I want these messages to stop", "make it stop", "when will this stop", "why won't you stop", "if you don't stop I'll sue",
    "you don't stop texting", "these texts won't stop", "stop or I'll call the police", "Stop! I already paid", "I paid, stop texting", "paid already so please stop the messages", "I lost my job stop texting me", "wrong number stop",
    "don't text me", "dont text me anymore", "Do not text", "do not text me again", "do not contact me", "don't contact me ever again", "never text me again", "don't message me", "dont send me anything else",
    "don't send me texts", "do not call or text", "no more texts", "no more messages", "no texts", "no more", "no more spam", "I don't want these texts", "i dont want your messages", "I do not want to receive texts",
    "don't want to be contacted", "I don't want to hear from you", "I no longer want to receive messages", "not interested in your texts", "take me off", "take me off your list", "Take me off this list please", "remove me",
    "remove my number", "please remove my phone number from your system", "delete my number", "erase my number", "lose my number", "block me", "get me off this list", "get my number off your list",
    "unsubscribe me", "unsubscribe please", "how do I unsubscribe", "I want to unsubscribe", "let me opt out", "opt me out", "I'm opting out", "I opt out", "I wish to opt out", "opting out now",
    "revoke consent", "I revoke my consent", "I withdraw my consent", "I do not consent to texts", "you don't have my permission to text me", "cease", "cease and desist", "desist", "quit it",
    "quit texting me", "quit messaging", "quit sending me this", "end these texts", "end all messages", "end texts", "cancel texts", "cancel these messages", "cancel all alerts", "cancel my subscription",
    "leave me alone", "leave me the hell alone", "leave us alone", "go away", "get lost", "knock it off", "cut it out", "fuck off and stop texting", "STOP YOU SCAMMERS", "this is a scam, stop",
    "stop texting my phone", "stop blowing up my phone", "text me again and I'll sue", "enough with the texts", "enough already", "don't you dare text me", "out", "halt", "I want out", "stop, please, stop", "Don't. Stop texting.", "i don't agree to get texts",
    "🛑", "🛑🛑", "stop 🛑", "stop by the branch? no, stop texting me", "don't stop by, stop texting", "不要退订？我就要退订",
    "tired of these texts", "sick of your messages", "no more communication", "please no more reminders", "turn it off, stop the alerts", "halt all messages", "Kindly stop", "stop d messages", "stop sending", "stop msgs", "stop all texts to this number",
]  # fmt: skip


def opt_outs() -> list[str]:
    """Return every spelling, each once."""
    made = [disguise(word) for word, disguise in product([*WORDS_EN, *WORDS_ZH], DISGUISES.values())]
    return list(dict.fromkeys([*made, *TYPOS, *SENTENCES]))


NONE = """
不要退订|不想退订|别退订|请不要退订我的短信|我没有退订|我没退订过|没想退订|不是要退订|我不会退订的|不用退订|取消退订|不小心退订了，帮我恢复|误退订|之前退订了现在想再收到|别把我拉黑|我没有拒收|不要拒收
不要停止发短信|别停了短信提醒|别忘了发短信提醒我|没收到短信|我没收到验证码|没有收到通知|短信不清楚|还没收到还款短信|不要打给我老婆|不要联系我的家人|别骚扰我父母|别给我公司打电话|不要打我单位电话|别联系我朋友|不要骚扰我的同事
别打电话，发短信就行|不要发错了|不发工资怎么还|还没发工资|老板不发工资|等发工资|发货了吗|发现金额不对|发生什么了|别生气|别着急|我不急|不要紧|不好意思|不是我的|不知道怎么还|不认识这个人|不是本人|没钱|没办法
周五还|明天还|下个月5号先还两千|月底结清|工资到账就还|国庆后还|我会还的|一定还|先还一千|已经还了|昨天还过了|早就结清了|刚还完|还款成功|欠多少|还欠多少钱|余额|怎么还|在哪还款|账号发我|可以分期吗|能延期吗|晚几天可以吗|给我打电话|转人工|请回电|我是他妈妈|他去世了|打错了|发错人了|我被骗了|骗子|是诈骗吗|利息太高|金额不对|多扣了钱|我要投诉|态度太差|好的|收到|谢谢|知道了|嗯|哈哈|在吗|你好|你是谁|什么意思|下雨了|1|2|12|哦哦|继续给我发|恢复短信|可以继续发短信|开通短信提醒|订阅|停车费多少|停电了晚点还|公司停工了|停产了没收入|停息挂账可以吗|卡停用了|手机停机了才看到|取消自动扣款可以吗|取消贷款申请|怎么取消自动扣款|删除了app怎么还|没有再借|我再也不借了|拒绝暴力催收，我要投诉|不同意这个金额|不接受这个利息|再给我几天|再宽限一下|别人用我身份证贷的款
don't stop|don't stop the plan|please don't stop|never stop believing|I'll stop by the branch|stop by tomorrow|I can stop by your office Friday|can I stop in to pay|I will stop at the bank|don't stop the reminders|do not stop sending me reminders|didn't mean to unsubscribe|I don't want to unsubscribe|I never opted out|did not opt out|please don't remove me|I didn't ask to be removed|accidentally unsubscribed|I unsubscribed by mistake, start again|don't unsubscribe me
bus stop|at the bus stop|the bank put a stop payment|stop payment on my check|stopped working|I stopped working in May|my hours stopped|I quit my job|I had to quit my job|end of the month|by the end of the week|end of next month|at the end of my rope|can you cancel my autopay|cancel the automatic payment|how do I cancel autopay|cancel my loan application|can I cancel the loan|remove the late fee|please remove the late charge|take the fee off|remove this from my credit report
don't forget to text me|did not get your text|I never received any messages|didn't receive a text|I haven't gotten any texts|don't call my job|stop calling my mother|don't text my wife|do not contact my employer|don't call, just text me|please don't call me, text instead|no money|no problem|no worries|no job right now|no more money left|I don't want to be late|I don't want to lose my car|don't worry|I don't know|don't have it|not now|not yet|not mine|not me|nope|no
I paid with my TD bank card|my TD account|T-shirt|I need more time|I will pay Friday|tomorrow|paid|already paid|how much|what's my balance|how do I pay|can I get an extension|call me|call me back please|thanks|ok|yes|k|hello|hi|who is this|wrong number|wrong person|this isn't John|I never took a loan|it's fraud|scam|is this legit|you overcharged me|why is it so high|I'm filing a complaint|harassment|this is harassment|I'm his wife|she died|fuck you|idiots|start|unstop|resume texts|sign me up|text me the link|send me the link|message me the balance|send me a text when it posts|can you text me the amount|text me tomorrow|I got your text|thanks for the text|sorry I missed your message|get paid on the 5th|the shop|step by step|top of the month|next stop is payday|remote work ended in June|my contract ended|my lease ends soon|the app keeps crashing|website is down|1|2|99|banana|lol
"""


def none() -> list[str]:
    """Return the texts that ask for no stop."""
    return [one for line in NONE.strip().splitlines() for one in line.split("|")]
