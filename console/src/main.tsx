import { LoadingOutlined } from "@ant-design/icons";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as Feedback, ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { lazy, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";
import "./app.css";
import { problemOf } from "./api";
import { desksOf } from "./desks";
import { useMotion } from "./motion";
import { SessionGate, useSession } from "./session";
import { Shell } from "./Shell";
import { theme } from "./theme";

const Ticket = lazy(() => import("./pages/Ticket"));
const Why = lazy(() => import("./pages/Why"));
const Sheet = lazy(() => import("./pages/Sheet"));
const Bulletin = lazy(() => import("./pages/Bulletin"));
const Minutes = lazy(() => import("./pages/Minutes"));
const Supervision = lazy(() => import("./pages/Supervision"));

dayjs.locale("zh-cn");
// Without a mark of its own a button fades out the one it comes with, and keeps it where the answer came at once.
const button = { autoInsertSpace: false, loadingIcon: <LoadingOutlined aria-label="请稍候" /> };
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What is refused stays refused; what did not get through is tried again.
      retry: (failures, error) => failures < 2 && [0, 503].includes(problemOf(error).status),
      staleTime: 5_000,
    },
  },
});

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
        <Route path="/tickets/:no/sheet" element={<Sheet />} />
        <Route path="/tickets/:no/bulletin" element={<Bulletin />} />
        <Route path="/tickets/:no/minutes" element={<Minutes />} />
        <Route path="/tickets/:no/clocks/:clock/:unit" element={<Why />} />
        <Route path="/supervisions/:no" element={<Supervision />} />
        <Route path="*" element={<Navigate to={desks[0]?.path ?? "/policies"} replace />} />
      </Route>
    </Routes>
  );
}

function Console() {
  const motion = useMotion();
  return (
    <ConfigProvider locale={zhCN} theme={{ ...theme, token: { ...theme.token, motion } }} button={button}>
      <Feedback message={{ maxCount: 2 }}>
        <QueryClientProvider client={queries}>
          <SessionGate>
            <BrowserRouter basename="/console">
              <Pages />
            </BrowserRouter>
          </SessionGate>
        </QueryClientProvider>
      </Feedback>
    </ConfigProvider>
  );
}

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
