import { Button, Flex, Layout, Menu } from "antd";
import { Outlet, useLocation, useNavigate } from "react-router";
import { desksOf } from "./desks";
import { useSession } from "./session";
import { ROLE, word } from "./words";

/** What stands around every page: where one can go, and who works here. */
export function Shell() {
  const { session, leave } = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const desks = desksOf(session.role);
  return (
    <Layout style={{ minHeight: "100vh" }}>
      <Layout.Sider breakpoint="lg" collapsedWidth={0} aria-label="导航">
        <p className="brand">接诉</p>
        <Menu
          theme="dark"
          selectedKeys={[pathname]}
          onClick={({ key }) => void navigate(key)}
          items={desks.map((desk) => ({ key: desk.path, label: desk.title }))}
        />
      </Layout.Sider>
      <Layout>
        <Layout.Header className="top">
          <Flex justify="end" gap={12} align="center">
            <span>
              {session.unit} {word(ROLE, session.role)} {session.actor}
            </span>
            <Button onClick={leave}>退出</Button>
          </Flex>
        </Layout.Header>
        <main className="content">
          <Outlet />
        </main>
      </Layout>
    </Layout>
  );
}
