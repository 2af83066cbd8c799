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
    // Made from so dark a colour by rule, these would be a muddy grey.
    colorWarningBg: "#fff7e6",
    colorWarningBgHover: "#ffefd1",
    colorWarningBorder: "#f0d5a0",
    colorText: "#1b2430",
    colorTextPlaceholder: "#6b6b6b",
    colorTextDescription: "#5a6270",
    colorTextTertiary: "#5a6270",
    colorTextDisabled: "#6b6b6b",
    colorBgLayout: "#f2f4f8",
    colorBorderSecondary: "#e6e9ef",
    borderRadius: 6,
    fontFamily: '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif',
  },
  components: {
    Menu: {
      darkItemBg: "#10243f",
      darkSubMenuItemBg: "#10243f",
      darkItemColor: "#d0d8e4",
      darkItemSelectedBg: "#1d5fc4",
      darkGroupTitleColor: "#a9b6c8",
      itemHeight: 38,
    },
    Layout: { siderBg: "#10243f", headerBg: "#ffffff", headerHeight: 52 },
    Table: { headerBg: "#f7f9fc", headerColor: "#454f5d", rowHoverBg: "#f3f7fe", cellPaddingBlock: 10 },
    Card: { headerFontSize: 15, headerHeight: 46 },
    Descriptions: { labelColor: "#5a6270" },
    Timeline: { itemPaddingBottom: 14 },
    Tag: { defaultColor: "#39424f" },
  },
};
