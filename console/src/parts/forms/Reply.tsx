import { Button, Form, Input, Radio, Select } from "antd";
import { useState } from "react";
import { useSession } from "../../session";
import { now as onTheClock } from "../../time";
import { OUTCOME, RATING, word } from "../../words";
import { Basis } from "../Basis";
import { DatePicker } from "../DatePicker";
import { draft, keepDraft, said, useIssue, usePreview } from "../command";
import { Effect } from "../Effect";
import { CLEAR } from "../fields";
import { Materials } from "../Materials";
import { required, requiredBy, useTerms } from "../terms";
import { type FormProps, Submit } from "./form";

const OUTCOMES = ["resolved", "explained", "planned", "out_of_scope", "not_true"];

/** The lead unit's reply, with the fields that the policy of this ticket requires. */
export function Reply({ ticket, name, title, done }: FormProps) {
  const { session } = useSession();
  const [form] = Form.useForm();
  const issuing = useIssue(ticket.no, name, done);
  const terms = useTerms(ticket.no);
  const [now, setNow] = useState<Record<string, unknown>>({ outcome: "resolved", ...draft(ticket.no, name) });
  const [shown, setShown] = useState(false);
  const outcome = terms?.outcomes.find((one) => one.outcome === now.outcome);
  const needed = new Set([...required(terms, name), ...(outcome?.fields ?? [])]);
  const body = { unit: session.unit, ...said(now) };
  const told = usePreview(ticket.no, name, now.text && now.contacted_at ? body : undefined);
  const must = (field: string, message: string) => (needed.has(field) ? [{ required: true, message }] : []);

  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={now}
      scrollToFirstError
      onValuesChange={(_, values) => {
        setNow(values as Record<string, unknown>);
        keepDraft(ticket.no, name, form);
      }}
      onFinish={(values: Record<string, unknown>) => void issuing.send({ unit: session.unit, ...said(values) })}
    >
      {ticket.callers.length > 1 && <p className="asked">本件有{ticket.callers.length}位诉求人，答复对全部诉求人作出，回访和评价由各人分别进行。</p>}
      <Form.Item name="outcome" label="办理结果" rules={[{ required: true, message: "请选择办理结果" }]}>
        <Radio.Group options={OUTCOMES.map((value) => ({ value, label: word(OUTCOME, value) }))} />
      </Form.Item>
      <Form.Item
        name="text"
        label="办理情况和答复内容"
        htmlFor="reply-text"
        rules={must("text", "请填写办理情况和答复内容")}
        extra="审核通过后，诉求人在查询页能看到这段内容，不要写他人的姓名、电话和内部意见"
      >
        <Input.TextArea id="reply-text" autoSize={{ minRows: 6, maxRows: 18 }} maxLength={20000} showCount />
      </Form.Item>
      <Form.Item
        name="contacted_at"
        label="答复诉求人的时间"
        htmlFor="contacted-at"
        rules={must("contacted_at", "请填写答复诉求人的时间")}
        extra={
          <Button
            type="link"
            size="small"
            className="flush"
            onClick={() => {
              form.setFieldValue("contacted_at", onTheClock());
              setNow(form.getFieldsValue() as Record<string, unknown>);
              keepDraft(ticket.no, name, form);
            }}
          >
            刚刚答复
          </Button>
        }
      >
        <DatePicker
          id="contacted-at"
          showTime={{ format: "HH:mm" }}
          format="YYYY年M月D日 HH:mm"
          maxDate={onTheClock()}
          style={{ width: "100%" }}
        />
      </Form.Item>
      <Form.Item name="number_used" label="联系所用电话" htmlFor="number-used" rules={must("number_used", "请填写联系所用电话")}>
        <Input id="number-used" inputMode="tel" />
      </Form.Item>
      <Form.Item name="citizen_satisfaction" label="诉求人满意度" htmlFor="satisfaction" rules={must("citizen_satisfaction", "请填写诉求人满意度")}>
        <Select id="satisfaction" allowClear={CLEAR} options={Object.entries(RATING).map(([value, label]) => ({ value, label }))} />
      </Form.Item>
      {(now.outcome === "planned" || needed.has("planned_for")) && (
        <Form.Item name="planned_for" label="计划完成的时间" htmlFor="planned-for" rules={[{ required: true, message: "请填写计划完成的时间" }]}>
          <DatePicker id="planned-for" format="YYYY年M月D日" minDate={onTheClock()} style={{ width: "100%" }} />
        </Form.Item>
      )}
      {needed.has("handler") && <Line name="handler" label="经办人" />}
      {needed.has("section") && <Line name="section" label="业务科室" />}
      {needed.has("handled_at") && (
        <Form.Item name="handled_at" label="办理时间" htmlFor="handled-at" rules={[{ required: true, message: "请填写办理时间" }]}>
          <DatePicker id="handled-at" showTime={{ format: "HH:mm" }} format="YYYY年M月D日 HH:mm" style={{ width: "100%" }} />
        </Form.Item>
      )}
      <Form.Item name="basis" label="政策依据" htmlFor="reply-basis" rules={must("basis", "请填写政策依据")}>
        <Input.TextArea id="reply-basis" autoSize={{ minRows: 1, maxRows: 6 }} />
      </Form.Item>
      <Form.Item
        name="materials"
        label={outcome?.materials ? `材料（至少${outcome.materials}份）` : "材料"}
        htmlFor="materials"
        rules={outcome?.materials || needed.has("materials") ? [{ required: true, message: "请附上或写明材料" }] : []}
      >
        <Materials no={ticket.no} id="materials" />
      </Form.Item>
      <Basis rules={requiredBy(terms, name)} />
      <Button onClick={() => setShown(!shown)} className="gap">
        {shown ? "收起预览" : "预览答复"}
      </Button>
      {shown && (
        <article className="letter" aria-label="答复预览">
          <h3>关于工单{ticket.no}的答复</h3>
          <p className="words">{(now.text as string) || "（尚未填写）"}</p>
          <p className="quiet right">
            {session.unit}
            <br />
            {onTheClock().format("YYYY年M月D日")}
          </p>
        </article>
      )}
      <Effect told={told} title="报送后" />
      <Submit issuing={issuing} title={title} />
    </Form>
  );
}

function Line({ name, label }: { name: string; label: string }) {
  return (
    <Form.Item name={name} label={label} htmlFor={`reply-${name}`} rules={[{ required: true, message: `请填写${label}` }]}>
      <Input id={`reply-${name}`} />
    </Form.Item>
  );
}
