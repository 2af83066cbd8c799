import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as Feedback, ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import "./app.css";
import { desksOf } from "./desks";
import { Enter } from "./pages/Enter";
import { Ticket } from "./pages/Ticket";
import { Why } from "./pages/Why";
import { SessionGate, useSession } from "./session";
import { Shell } from "./Shell";
import { theme } from "./theme";

dayjs.locale("zh-cn");
const queries = new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5_000 } } });

function Pages() {
  const { session } = useSession();
  const desks = desksOf(session.role);
  return (
    <Routes>
      <Route element={<Shell />}>
        {desks.map((desk) => (
          <Route key={desk.path} path={desk.path} element={desk.page} />
        ))}
        <Route path="/tickets/:no" element={<Ticket />} />
        <Route path="/tickets/:no/clocks/:clock/:unit" element={<Why />} />
        <Route path="*" element={<Navigate to={desks[0]?.path ?? "/all"} replace />} />
      </Route>
    </Routes>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ConfigProvider locale={zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <Feedback>
        <QueryClientProvider client={queries}>
          <SessionGate enter={(done) => <Enter done={done} />}>
            <BrowserRouter basename="/console">
              <Pages />
            </BrowserRouter>
          </SessionGate>
        </QueryClientProvider>
      </Feedback>
    </ConfigProvider>
  </StrictMode>,
);
