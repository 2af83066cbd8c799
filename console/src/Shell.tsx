import { BellOutlined, DownOutlined, MenuOutlined, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Badge, Button, Drawer, Dropdown, Flex, Layout, Menu, Skeleton, Tag, Watermark } from "antd";
import { Suspense, useEffect, useState } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { getDeskCountsOptions, listPoliciesOptions } from "./client/@tanstack/react-query.gen";
import { useConnected } from "./connection";
import { desksOf } from "./desks";
import { useLive } from "./live";
import { Find } from "./parts/Find";
import { PasswordForm, Presence, SecondFactorForm } from "./parts/Mine";
import { useSession } from "./session";

/** Cut off, not hidden: within a box that could be scrolled nothing stays at the screen's edge. */
const CUT_OFF = { overflow: "clip" } as const;

const GROUPS = ["办理", "监督", "查询", "管理"] as const;

/** What stands around every page: where one can go, how much waits there, and who works here. */
export function Shell() {
  const { session } = useSession();
  const [menu, setMenu] = useState(false);
  const [finding, setFinding] = useState(false);
  const { idle } = useLive();
  const connected = useConnected();
  const { pathname } = useLocation();

  useEffect(() => setMenu(false), [pathname]);
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setFinding(true);
      }
    };
    window.addEventListener("keydown", open);
    return () => window.removeEventListener("keydown", open);
  }, []);

  if (session.second_factor_required) {
    return (
      <main className="enter">
        <section className="enter-card">
          <h1>动态口令</h1>
          <SecondFactorForm />
        </section>
      </main>
    );
  }
  return (
    <Watermark className="marked" style={CUT_OFF} content={session.watermark.text} font={{ color: "rgba(16,36,63,0.045)", fontSize: 13 }} gap={[160, 140]}>
      <a className="skip" href="#content">
        跳到正文
      </a>
      <Layout className="whole">
        <Layout.Sider width={204} className="side no-print">
          <div className="brand">
            <Brand />
          </div>
          <Places />
        </Layout.Sider>
        <Layout>
          <Layout.Header className="top no-print">
            <Button
              type="text"
              className="menu-button"
              icon={<MenuOutlined />}
              aria-label="打开导航"
              onClick={() => setMenu(true)}
            />
            <span className="top-brand">接诉</span>
            <Button className="find-button" icon={<SearchOutlined />} onClick={() => setFinding(true)}>
              <span className="wide">查找工单</span>
              <kbd className="wide">Ctrl K</kbd>
            </Button>
            <span className="push" />
            <Who />
          </Layout.Header>
          <section aria-label="系统提示" className="no-print">
            <NotLaw />
            {!connected && <Alert banner type="warning" title="网络连接中断，正在重新连接。所填内容仍在。" />}
            {idle && <Alert banner type="info" title="长时间没有操作，已停止自动刷新。移动鼠标或按任意键继续。" />}
          </section>
          <main className="content" id="content" tabIndex={-1}>
            <Suspense fallback={<Skeleton active />}>
              <Outlet />
            </Suspense>
          </main>
        </Layout>
      </Layout>
      <Drawer open={menu} onClose={() => setMenu(false)} placement="left" size={260} className="side" title={<Brand />}>
        <Places />
      </Drawer>
      <Find open={finding} close={() => setFinding(false)} />
      <PrintMark text={session.watermark.text} />
    </Watermark>
  );
}

const MARK_EVERY_MM = 58;

/** The reader's mark on every printed page, where the screen's own, a background, is not printed. */
function PrintMark({ text }: { text: string }) {
  return (
    <div className="print-mark" aria-hidden="true">
      {Array.from({ length: 6 * 4 }, (_, place) => (
        <span
          key={place}
          style={{ left: `${(place % 4) * MARK_EVERY_MM - 8}mm`, top: `${Math.floor(place / 4) * MARK_EVERY_MM + 10}mm` }}
        >
          {text}
        </span>
      ))}
    </div>
  );
}

/** Whoever works by a text that is no law today sees so on every page. */
function NotLaw() {
  const policies = useQuery({ ...listPoliciesOptions(), staleTime: 300_000 });
  const current = policies.data?.find((one) => one.current);
  if (!current?.lapsed) return null;
  return <Alert banner role="note" type="warning" title={`本热线所用《${current.title}》${current.lapsed}，按设置仍据以办理。`} />;
}

/** What this is. */
function Brand() {
  return (
    <span className="brand-name">
      接诉
      <small>12345 热线工单</small>
    </span>
  );
}

function Places() {
  const { session } = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const desks = desksOf(session.role);
  const counts = useQuery({ ...getDeskCountsOptions(), refetchInterval: 30_000 });
  const items = GROUPS.map((group) => ({
    key: group,
    type: "group" as const,
    label: group,
    children: desks
      .filter((desk) => desk.group === group)
      .map((desk) => {
        const waiting = counts.data && desk.waiting ? desk.waiting(counts.data) : 0;
        return {
          key: desk.path,
          label: (
            <Flex justify="space-between" align="center">
              {desk.title}
              {waiting > 0 && <span className="waiting">{waiting > 999 ? "999+" : waiting}</span>}
            </Flex>
          ),
        };
      }),
  })).filter((group) => group.children.length > 0);
  return (
    <nav aria-label="导航">
      <Menu
        theme="dark"
        mode="inline"
        selectedKeys={[pathname]}
        onClick={({ key }) => void navigate(key)}
        items={items}
      />
    </nav>
  );
}

function Who() {
  const { session, leave, actAs } = useSession();
  const [asked, setAsked] = useState<"password" | "factor">();
  const role = session.roles.find((one) => one.role === session.role);
  const others = session.roles.filter((one) => one.role !== session.role);
  const ofAnAccount = session.via === "session";
  return (
    <Flex align="center" gap={8}>
      <Lamps />
      {ofAnAccount && session.role === "handler" && <Presence />}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            ...others.map((one) => ({ key: `as:${one.role}`, label: `以${one.name}身份办理` })),
            ...(others.length ? [{ type: "divider" as const }] : []),
            ...(ofAnAccount
              ? [
                  { key: "password", label: "更改密码" },
                  { key: "factor", label: "动态口令" },
                  { type: "divider" as const },
                ]
              : []),
            { key: "leave", label: "退出登录" },
          ],
          onClick: ({ key }) => {
            if (key === "leave") leave();
            else if (key.startsWith("as:")) actAs(key.slice(3));
            else setAsked(key as "password" | "factor");
          },
        }}
      >
        <Button type="text" className="who">
          <span className="who-name">
            {session.name ?? session.id ?? role?.name}
            <small>{[session.unit, role?.name].filter(Boolean).join(" · ")}</small>
          </span>
          <DownOutlined />
        </Button>
      </Dropdown>
      <PasswordForm open={asked === "password"} close={() => setAsked(undefined)} />
      <Drawer open={asked === "factor"} onClose={() => setAsked(undefined)} title="动态口令" destroyOnHidden>
        <SecondFactorForm done={() => setAsked(undefined)} />
      </Drawer>
    </Flex>
  );
}

/** How many lamps are lit on one's own tickets. */
function Lamps() {
  // While the connection is away this also finds out when it is back.
  const connected = useConnected();
  const counts = useQuery({ ...getDeskCountsOptions(), refetchInterval: connected ? 30_000 : 3_000 });
  const navigate = useNavigate();
  const red = counts.data?.lamp.red ?? 0;
  const yellow = (counts.data?.lamp.yellow ?? 0) + (counts.data?.lamp.warning ?? 0);
  return (
    <Button
      type="text"
      aria-label={`红牌${red}件，预警和黄牌${yellow}件`}
      onClick={() => void navigate("/all?lamp=red&lamp=yellow&lamp=warning&open=true")}
    >
      <Badge dot={red + yellow > 0} color={red ? "#c01722" : "#c97a00"}>
        <BellOutlined />
      </Badge>
      {red > 0 && <Tag color="red">红牌 {red}</Tag>}
      {yellow > 0 && (
        <Tag color="orange" className="wide">
          预警 {yellow}
        </Tag>
      )}
    </Button>
  );
}
