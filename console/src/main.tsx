import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App as Feedback, ConfigProvider } from "antd";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { theme } from "./theme";

dayjs.locale("zh-cn");
const queries = new QueryClient();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <ConfigProvider locale={zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <Feedback>
        <QueryClientProvider client={queries}>接诉</QueryClientProvider>
      </Feedback>
    </ConfigProvider>
  </StrictMode>,
);
