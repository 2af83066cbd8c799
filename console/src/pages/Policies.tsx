import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Flex, Skeleton, Tag } from "antd";
import { lazy, Suspense } from "react";
import { useSearchParams } from "react-router";
import { getPolicyOptions, listPoliciesOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";
import { STANDING, word } from "../words";

const Written = lazy(() => import("../parts/Written"));

const COLOUR: Record<string, string> = { in_force: "green", draft: "orange", expired: "red", plan: "default", news: "default" };

/** The policies, how much each binds, and what each says in plain words. */
export default function Policies() {
  const [params, setParams] = useSearchParams();
  const policies = useQuery({ ...listPoliciesOptions(), staleTime: 300_000 });
  const chosen = params.get("policy") ?? policies.data?.find((one) => one.current)?.id ?? "";
  const page = useQuery({ ...getPolicyOptions({ path: { policy: chosen } }), enabled: chosen !== "", staleTime: 300_000 });
  if (policies.error) return <Fault error={policies.error} retry={() => void policies.refetch()} />;
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar no-print">
        <h1>办法</h1>
        <Button onClick={() => window.print()}>打印</Button>
      </Flex>
      <div className="shelf no-print">
        {policies.data?.map((one) => (
          <button
            type="button"
            key={one.id}
            className={one.id === chosen ? "on" : ""}
            aria-pressed={one.id === chosen}
            onClick={() => setParams({ policy: one.id }, { replace: true })}
          >
            <strong>{one.title}</strong>
            <span className="quiet">{[one.place, one.number].filter(Boolean).join(" · ")}</span>
            <span>
              <Tag color={COLOUR[one.standing]}>{word(STANDING, one.standing)}</Tag>
              {one.current && <Tag color="blue">本热线所用</Tag>}
            </span>
          </button>
        ))}
      </div>
      {page.error && <Fault error={page.error} retry={() => void page.refetch()} />}
      {page.data?.lapsed && <Alert type="warning" showIcon className="gap" title={`不能据以受理：${page.data.lapsed}`} />}
      <Card>
        {page.data ? (
          <Suspense fallback={<Skeleton active />}>
            <Written words={page.data.page} />
          </Suspense>
        ) : (
          <Skeleton active />
        )}
      </Card>
    </section>
  );
}
