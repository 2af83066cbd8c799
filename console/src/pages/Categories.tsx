import { useQuery } from "@tanstack/react-query";
import { Card, Flex, Input, Skeleton, Tag } from "antd";
import { useState } from "react";
import { listCategoriesOptions } from "../client/@tanstack/react-query.gen";
import { Fault } from "../parts/Fault";

/** The catalogue of matters in three levels, with what to ask about each. */
export default function Categories() {
  const found = useQuery({ ...listCategoriesOptions(), staleTime: Infinity });
  const [typed, setTyped] = useState("");
  if (found.error) return <Fault error={found.error} retry={() => void found.refetch()} />;
  return (
    <section>
      <Flex wrap gap={10} align="center" className="bar">
        <h1>诉求类别</h1>
        <Input.Search aria-label="查找类别" placeholder="查找类别" allowClear value={typed} onChange={(event) => setTyped(event.target.value)} style={{ width: 240 }} />
      </Flex>
      {!found.data && <Skeleton active />}
      <div className="catalogue">
        {found.data?.map((first) => {
          const shown = first.children.filter(
            (second) =>
              !typed ||
              [first.name, second.name, ...second.children.flatMap((third) => [third.name, ...third.words])].some((one) => one.includes(typed)),
          );
          return (
            shown.length > 0 && (
              <Card key={first.name} title={<h2>{first.name}</h2>} size="small">
                {shown.map((second) => (
                  <section key={second.name} className="kind">
                    <h3>{second.name}</h3>
                    <p className="tight">
                      {second.children.map((third) => (
                        <Tag key={third.name}>{third.name}</Tag>
                      ))}
                    </p>
                    <p className="tight quiet">问清：{second.asks.join("；")}</p>
                  </section>
                ))}
              </Card>
            )
          );
        })}
      </div>
    </section>
  );
}
