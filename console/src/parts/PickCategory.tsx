import { useQuery } from "@tanstack/react-query";
import { Cascader } from "antd";
import type { CategoryAnswer } from "../client";
import { listCategoriesOptions } from "../client/@tanstack/react-query.gen";

interface Choice {
  value: string;
  label: string;
  children?: Choice[];
}

/** The catalogue as a cascader takes it. */
export function choices(categories: CategoryAnswer[]): Choice[] {
  return categories.map((one) => ({
    value: one.name,
    label: one.name,
    children: one.children.length ? choices(one.children) : undefined,
  }));
}

/** The catalogue, read once. */
export function useCategories(): CategoryAnswer[] {
  return useQuery({ ...listCategoriesOptions(), staleTime: Infinity }).data ?? [];
}

/** A category of the catalogue by its path, as tickets carry it. */
export function PickCategory(props: { id: string; value?: string; onChange?: (path?: string) => void }) {
  return (
    <Cascader
      id={props.id}
      options={choices(useCategories())}
      value={props.value?.split("/")}
      onChange={(path) => props.onChange?.(path?.join("/"))}
      allowClear={false}
      showSearch={{ filter: (typed, path) => path.some((one) => String(one.label).includes(typed)) }}
      displayRender={(labels) => labels.join(" › ")}
    />
  );
}
