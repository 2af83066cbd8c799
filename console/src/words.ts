/** The words of screens for the codes of the API; the regulations' own. */

export const STATUS: Record<string, string> = {
  registered: "待派单",
  awaiting_instruction: "待批示",
  dispatched: "待签收",
  handling: "办理中",
  reviewing: "待审核",
  planned: "列入计划",
  callback: "待回访",
  closed: "已办结",
  archived: "已归档",
  withdrawn: "已撤单",
  refused: "不予受理",
  transferred: "已转交",
  merged: "已并单",
  returned_upstream: "已退回上级",
};

export const STAGE: Record<string, string> = {
  waiting: "待签收",
  signed: "办理中",
  approving: "待单位领导审阅",
  replied: "已答复待审核",
  done: "已办结",
  returned: "已退单",
  recalled: "已撤回",
};

export const TYPE: Record<string, string> = {
  consultation: "咨询",
  help: "求助",
  complaint: "投诉",
  report: "举报",
  suggestion: "建议",
  economic_violation: "经济违法",
  praise: "表扬",
};

export const URGENCY: Record<string, string> = { normal: "一般", urgent: "紧急", emergency: "突发" };
export const LEVEL: Record<string, string> = { national: "国家级", provincial: "省级", municipal: "市级", county: "县级" };
export const LAMP: Record<string, string> = { warning: "预警", yellow: "黄牌", red: "红牌" };
export const PART: Record<string, string> = { lead: "主办", assist: "协办" };

export const SOURCE: Record<string, string> = {
  phone: "电话",
  web: "网站",
  wechat: "微信",
  app: "手机应用",
  sms: "短信",
  weibo: "微博",
  mailbox: "信箱",
  governor_mailbox: "省长信箱",
  mayor_mailbox: "市长信箱",
  news_site: "新闻网站留言",
  local_forum: "本地论坛",
  online_petition: "网上信访",
  city_platform: "市平台",
  province_platform: "省平台",
  zhengqitong: "政企通",
  jiesu_jiban: "接诉即办",
  internet_supervision: "互联网督查",
  national_site: "国家政务网站",
  service_site: "政务服务网",
  service_rating: "好差评",
  technical_line: "技术热线",
  window: "服务窗口",
};

export const CLOCK: Record<string, string> = {
  dispatch: "派单",
  sign: "签收",
  return_window: "退单",
  extension_window: "延期申请",
  handle: "办理",
  target: "目标办结",
  answer: "答复诉求人",
  assist: "协办",
  review: "审核",
  contact: "再次联系",
  explanation: "逾期说明",
  supervision: "督办答复",
  planned: "计划事项",
  upstream: "上级时限",
};

export const CLOCK_STATE: Record<string, string> = { running: "计时中", breached: "已逾期", met: "按时完成", ended: "已终止" };

export const ROLE: Record<string, string> = {
  agent: "受话员",
  office: "热线办",
  upper_level: "上级热线办",
  upstream: "上级平台",
  leader: "领导",
  unit: "承办单位经办人",
  unit_leader: "单位分管领导",
  unit_principal: "单位主要负责人",
  citizen: "诉求人",
  contractor: "外包受话员",
  knowledge_editor: "知识库编辑",
  auditor: "审计员",
  administrator: "管理员",
  system: "系统",
  system_operator: "系统运维",
};

export const RATING: Record<string, string> = {
  very_satisfied: "非常满意",
  satisfied: "满意",
  basically_satisfied: "基本满意",
  dissatisfied: "不满意",
  very_dissatisfied: "非常不满意",
};

export const OUTCOME: Record<string, string> = {
  resolved: "已解决",
  explained: "解释说明",
  planned: "列入计划",
  out_of_scope: "不在受理范围",
  not_true: "反映不属实",
};

export const REFUSAL: Record<string, string> = {
  out_of_jurisdiction: "不属本级管辖",
  emergency_line: "紧急服务专线",
  party_or_justice: "党委、人大、政协、司法、军队",
  litigation: "应通过诉讼、仲裁、复议",
  in_procedure: "已进入法定程序",
  secrecy: "涉密或隐私",
  discipline: "纪检监察",
  repeat_without_news: "重复且无新情况",
  failed_mediation: "多次调解无果",
  abusive: "辱骂骚扰",
  consumer_mediated: "消费调解已结案",
  organisation_matter: "单位、团体诉求",
  market_matter: "市场化服务",
  other: "其他",
};

export const EXTENSION_REASON: Record<string, string> = {
  objective_cause: "客观原因",
  statutory: "法律法规有规定",
  complex: "特别复杂",
};

export const EXCLUSION: Record<string, string> = {
  suggestion_not_adopted: "建议未被采纳",
  no_legal_basis: "没有政策法规依据",
  unreasonable: "诉求不合理",
  duplicate: "重复诉求",
  other: "其他",
};

export const REFERRAL: Record<string, string> = {
  discipline: "纪检监察",
  police: "公安",
  petition: "信访",
  media: "媒体",
  court: "法院",
};

export const EMERGENCY_LINE: Record<string, string> = {
  110: "110 报警",
  119: "119 火警",
  120: "120 急救",
  122: "122 交通事故",
};

export const MODE: Record<string, string> = { direct: "直接答复", three_way: "三方通话" };

export const SIGNER: Record<string, string> = {
  unit_principal: "承办单位主要负责人",
  government_leader: "政府分管领导",
  government_principal: "政府主要领导",
};

/** The word for a code, the code itself where there is none yet. */
export function word(words: Record<string, string>, code: string | null | undefined): string {
  return code ? (words[code] ?? code) : "";
}

export const SPECIAL: Record<string, string> = {
  policy_consultation: "政策咨询",
  livelihood_emergency: "民生紧急",
  safety_emergency: "安全紧急",
};

export const COMPLAINANT: Record<string, string> = { person: "个人", enterprise: "企业", organisation: "单位、团体" };

export const END_REASON: Record<string, string> = {
  lapsed: "期限已过",
  withdrawn: "已撤单",
  returned: "已退单",
  merged: "已并单",
  transferred: "已转交",
  recalled: "已撤回派单",
  late: "逾期完成",
  closed: "已办结",
  superseded: "由新的时限取代",
};

export const LIKENESS: Record<string, string> = {
  same_caller: "同一来电人",
  same_place: "同一属地",
  same_matter: "同类事项",
  similar_text: "内容相近",
};

export const PURPOSE: Record<string, string> = {
  contact: "联系诉求人",
  callback: "回访",
  visit: "上门核实",
  verify: "核对登记信息",
  emergency: "紧急处置",
  complaint: "处理对办件的投诉",
};

/** The purposes that a role may see a caller's details for, as the API has them. */
export const PURPOSES: Record<string, string[]> = {
  office: Object.keys(PURPOSE),
  supervisor: ["complaint", "verify"],
  agent: ["contact", "callback", "verify", "emergency"],
  contractor_agent: ["contact", "callback"],
  handler: ["contact", "visit", "emergency"],
  unit_leader: ["contact", "visit", "emergency"],
};

/** The purposes that need an address. */
export const ADDRESS_FOR = new Set(["visit", "verify", "emergency"]);
export const CALLER_FIELD: Record<string, string> = { name: "姓名", phone: "电话", address: "地址" };

export const HELD: Record<string, string> = {
  agent: "受话员",
  contractor_agent: "外包受话员",
  office: "热线办",
  reviewer: "审核员",
  supervisor: "督办员",
  leader: "领导",
  handler: "经办人",
  unit_leader: "分管领导",
  unit_principal: "主要负责人",
  knowledge_editor: "知识库编辑",
  upper_level_reviewer: "上级审核员",
  auditor: "审计员",
  administrator: "管理员",
  upstream: "上级平台",
  citizen: "诉求人",
};

export const UNIT_KIND: Record<string, string> = {
  county: "县级机关",
  department: "部门",
  subordinate: "下属单位",
  township: "乡镇",
  community: "社区",
  enterprise: "企业",
  party: "党委部门",
};

export const STANDING: Record<string, string> = {
  in_force: "现行有效",
  draft: "征求意见稿",
  expired: "已过有效期",
  plan: "方案",
  news: "新闻报道",
};

export const SUPERVISION_STATUS: Record<string, string> = { open: "待答复", answered: "已答复", closed: "已销号" };

export const CAUSE: Record<string, string> = {
  leader_instruction: "领导批示",
  red_lamp: "红牌",
  overdue: "逾期未办结",
  repeated: "多次或集中反映",
  bad_quality: "办理质量差",
  false_information: "信息失实",
  improper_return: "不当退单",
  abnormal_extension: "异常延期",
  other: "其他",
};

export const FORM: Record<string, string> = { written: "书面督办", assigned: "指定督办", meeting: "会议协调", listed: "挂牌督办" };
export const SUPERVISION_LEVEL: Record<string, string> = {
  internal: "内部督办",
  upgraded: "升级督办",
  media: "舆论监督",
  discipline: "监察问责",
};

export const KNOWLEDGE_STATE: Record<string, string> = {
  draft: "起草",
  submitted: "待审核",
  returned: "退回修改",
  published: "已发布",
  superseded: "已被新版本取代",
  withdrawn: "已停用",
};

/** What the notices are for; the names that providers of short messages know stand beside them. */
export const TEMPLATE: Record<string, string> = {
  dispatched: "派单",
  dispatched_unsigned: "派单（不限签收）",
  dispatched_unstaffed: "派单时承办人员不齐",
  recalled: "撤回",
  warning: "预警",
  yellow: "黄牌",
  red: "红牌",
  breached: "超期",
  explanation_due: "超期书面说明",
  breach_withdrawn: "超期提醒作废",
  return_decided: "退单审核结果",
  extension_decided: "延期审核结果",
  limit_changed: "时限变更",
  review_refused: "审核未通过",
  redo: "重办",
  urged: "催办",
  withdrawn: "诉求人撤单",
  supplemented: "补充内容",
  supervision_opened: "督办",
  supervision_opened_open: "督办（无期限）",
  supervision_called_for: "提请研究督办",
  to_review: "待审核",
  return_asked: "退单申请",
  extension_asked: "延期申请",
  emergency: "紧急工单",
  emergency_duty: "紧急工单通知值班人员",
  digest: "合并提醒",
  digest_undated: "合并提醒（无期限）",
  citizen_accepted: "告知诉求人受理",
  citizen_extended: "告知诉求人延期",
  citizen_answered: "请诉求人评价",
  citizen_refused: "告知诉求人不予受理",
};

/** What is filled into notices. */
export const TEMPLATE_VALUE: Record<string, string> = {
  ticket: "工单编号",
  supervision: "督办编号",
  unit: "单位",
  due: "期限",
  clock: "时限名称",
  verdict: "审核结论",
  token: "查询口令",
  count: "条数",
};

export const EXPORT_STATE: Record<string, string> = { requested: "待审批", granted: "已同意", refused: "不同意" };

export const EXPORT_FORMAT: Record<string, string> = { xlsx: "电子表格", csv: "纯文本" };

export const CHANNEL: Record<string, string> = { sms: "短信", phone: "电话" };
export const MESSAGE_STATE: Record<string, string> = {
  queued: "待发送",
  held: "暂缓发送",
  sending: "发送中",
  sent: "已发送",
  failed: "未能发送",
  unknown: "结果不明",
};
export const CALL_REASON: Record<string, string> = {
  channel: "应以电话告知",
  rejected: "短信被拒绝",
  undelivered: "短信未送达",
  no_receipt: "短信没有回执",
  no_number: "没有登记号码",
};
export const CALL_OUTCOME: Record<string, string> = {
  reached: "接通",
  no_answer: "无人接听",
  busy: "占线",
  switched_off: "关机",
  wrong_number: "错号",
  refused: "拒接",
};
export const REPLY_WHY: Record<string, string> = {
  words: "不是数字评价",
  no_question: "没有待评价的工单",
  several_questions: "不止一件待评价",
  state_secret: "可能涉及国家秘密",
};

/** What a unit waits for a decision on. */
export const ASKED: Record<string, string> = {
  return: "有退单申请",
  extension: "有延期申请",
  first_review: "待初审",
  final_review: "待终审",
};

/** Operations as the audit names them, beside commands. */
export const AUDITED: Record<string, string> = {
  citizen_lookup: "诉求人查询工单",
  citizen_page: "诉求人查看工单",
  decrypt_payloads: "查看运行数据",
  erase: "删除个人信息",
  request: "被拒绝的请求",
  register: "登记诉求",
  login: "登录",
  logout: "退出",
  use_link: "设置密码",
  change_password: "更改密码",
  begin_second_factor: "启用动态口令",
  show_second_factor: "验证动态口令",
  reveal_caller: "查看诉求人信息",
  list_accesses: "查看查阅记录",
  list_audit: "查看审计记录",
  open_account: "开通账号",
  change_account: "启用或停用账号",
  renew_account: "重置账号",
  issue_token: "签发令牌",
  revoke_token: "吊销令牌",
  set_recusals: "设定回避",
  set_absence: "变更在岗",
  enter_duty: "登记班次",
  strike_duty: "取消班次",
  take_call: "领取电话",
  record_call: "登记拨打结果",
  handle_reply: "处理来信",
  answer_supervision: "答复督办",
  supervision_answer_supervision: "答复督办",
  supervision_close_supervision: "销号",
  open_supervision: "启动专项督办",
  upload_attachment: "上传附件",
  list_attachments: "查看附件列表",
  download_attachment: "下载附件",
  request_export: "申请导出",
  list_exports: "查看导出申请",
  decide_export: "审批导出",
  fetch_export: "下载导出的清单",
  list_callbacks: "查看待回访",
  import_calendar_notice: "导入放假通知",
  preview_calendar_notice: "预览放假通知",
  search_knowledge: "查找知识",
  write_knowledge: "编写知识条目",
  change_knowledge: "修改知识条目",
  submit_knowledge: "送审知识条目",
  decide_knowledge: "审核知识条目",
  withdraw_knowledge: "停用知识条目",
  acknowledge_emergency: "确认收到紧急工单",
  receive_reports: "接收短信回执",
  receive_replies: "接收短信回复",
  // What is done on the machine itself.
  load_directory: "载入单位和人员",
  import_calendar: "导入放假通知",
  export_audit: "导出审计记录",
  rotate_keys: "轮换密钥",
};

/** The words for what a command takes, by the name that the contract gives its codes, or by the field's own. */
export const OFFERED: Record<string, Record<string, string>> = {
  Complainant: COMPLAINANT,
  EmergencyLine: EMERGENCY_LINE,
  ExclusionReason: EXCLUSION,
  ExtensionReason: EXTENSION_REASON,
  Level: LEVEL,
  Outcome: OUTCOME,
  Rating: RATING,
  Referral: REFERRAL,
  RefusalReason: REFUSAL,
  Source: SOURCE,
  Special: SPECIAL,
  SupervisionCause: CAUSE,
  SupervisionForm: FORM,
  SupervisionLevel: SUPERVISION_LEVEL,
  TicketType: TYPE,
  Urgency: URGENCY,
  mode: MODE,
  who: SIGNER,
};
