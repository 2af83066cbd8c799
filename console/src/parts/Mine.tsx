import { Alert, App, Button, Form, Input, Modal, QRCode, Switch } from "antd";
import { useEffect, useState } from "react";
import { Problem, problemOf } from "../api";
import { beginSecondFactor, changePassword, setAbsence, showSecondFactor } from "../client";
import type { SecondFactor } from "../client";
import { useSession } from "../session";

/** Whether one is at work; while away the other post gets the notices. */
export function Presence() {
  const { session, renew } = useSession();
  const { message } = App.useApp();
  async function set(present: boolean) {
    const { error } = await setAbsence({ path: { person: session.id ?? "" }, body: { absent: !present } });
    if (error !== undefined) return void message.error(problemOf(error).message);
    await renew();
  }
  return (
    <Switch
      aria-label="在岗"
      checked={!session.absent}
      checkedChildren="在岗"
      unCheckedChildren="不在岗"
      onChange={(present) => void set(present)}
    />
  );
}

/** Changes one's own password. */
export function PasswordForm({ open, close }: { open: boolean; close: () => void }) {
  const { message } = App.useApp();
  const [problem, setProblem] = useState<Problem>();
  async function change(said: { present: string; password: string }) {
    const { error } = await changePassword({ body: { present: said.present, password: said.password } });
    if (error !== undefined) return setProblem(problemOf(error));
    setProblem(undefined);
    void message.success("密码已更改，在别处的登录已失效");
    close();
  }
  return (
    <Modal open={open} onCancel={close} title="更改密码" footer={null} destroyOnHidden>
      <Form layout="vertical" onFinish={(said) => void change(said)}>
        <Form.Item name="present" label="现在的密码" htmlFor="present" rules={[{ required: true, message: "请填写现在的密码" }]}>
          <Input.Password id="present" autoComplete="current-password" visibilityToggle={false} />
        </Form.Item>
        <Form.Item
          name="password"
          label="新密码"
          htmlFor="new-password"
          extra="至少10个字符，含大写、小写、数字、符号中的三种"
          rules={[{ required: true, message: "请填写新密码" }]}
        >
          <Input.Password id="new-password" autoComplete="new-password" visibilityToggle={false} />
        </Form.Item>
        <Form.Item
          name="again"
          label="再输一遍"
          htmlFor="again"
          dependencies={["password"]}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, value) =>
                value === getFieldValue("password") ? Promise.resolve() : Promise.reject(new Error("两次输入的不一样")),
            }),
          ]}
        >
          <Input.Password id="again" autoComplete="new-password" visibilityToggle={false} />
        </Form.Item>
        {problem && <Alert type="error" showIcon title={problem.message} className="gap" />}
        <Button type="primary" htmlType="submit">
          更改
        </Button>
      </Form>
    </Modal>
  );
}

/** Puts a second factor into use, or shows it for this session. */
export function SecondFactorForm({ done }: { done?: () => void }) {
  const { renew, leave } = useSession();
  const [begun, setBegun] = useState<SecondFactor>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    void beginSecondFactor().then(({ data }) => setBegun(data));
  }, []);
  async function show({ code }: { code: string }) {
    const { error } = await showSecondFactor({ body: { code } });
    if (error !== undefined) return setProblem(problemOf(error));
    await renew();
    done?.();
  }
  return (
    <Form layout="vertical" onFinish={(said) => void show(said)} requiredMark={false}>
      {begun ? (
        <>
          <p>用验证器扫描下面的二维码，再填写它显示的六位数字。</p>
          <QRCode value={begun.address} aria-label="动态口令的二维码" />
          <p className="quiet">
            不能扫描的，手工输入密钥：<span translate="no">{begun.secret}</span>
          </p>
        </>
      ) : (
        <p>请填写验证器上显示的六位数字。</p>
      )}
      <Form.Item name="code" label="动态口令" htmlFor="factor-code" rules={[{ required: true, message: "请填写动态口令" }]}>
        <Input id="factor-code" inputMode="numeric" autoComplete="one-time-code" maxLength={6} />
      </Form.Item>
      {problem && <Alert type="error" showIcon title={problem.message} className="gap" />}
      <Button type="primary" htmlType="submit">
        验证
      </Button>
      {!done && (
        <Button type="link" onClick={leave}>
          退出登录
        </Button>
      )}
    </Form>
  );
}
