import type { ThemeConfig } from "antd";

/** Colours dark enough to read: every pair of text and ground reaches a contrast of 4.5 to 1. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: "#0b57c4",
    colorInfo: "#0b57c4",
    colorLink: "#0b57c4",
    colorError: "#c01722",
    colorSuccess: "#1f7a12",
    colorWarning: "#8a5300",
    colorTextPlaceholder: "#6b6b6b",
    colorTextDescription: "#5f5f5f",
    colorTextTertiary: "#5f5f5f",
    fontFamily: '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif',
  },
  components: { Menu: { darkItemColor: "#d0d5dd" } },
};
