import { HOUR, iso, SECOND } from "../period.ts";
import { scenes, strategies, templates } from "./catalog.ts";
import type { SourceRow } from "./rows.ts";
import { type EventOf, money, type Next, notBefore, nth, type Story } from "./story.ts";

/** A strategy is triggered for a user; perhaps twice, under two log_ids. */
export function trigger(story: Story, event: EventOf<"trigger">, at: number, next: Next): void {
  const execution = story.id("e");
  const strategy = nth(strategies, event.strategy) ?? strategies[0];
  const row = (log: string, when: number): SourceRow => ({
    log_id: log,
    execution_id: execution,
    user_id: story.user(event.user),
    strategy_id: strategy.id,
    strategy_version: strategy.version,
    scene_code: nth(scenes, event.scene) ?? null,
    triggered_at: iso(when),
    experiment_id: event.group === null ? null : "X1",
    experiment_group: event.group,
    benefits: event.benefits.map((benefit) => {
      const template = nth(templates, benefit.template) ?? templates[0];
      return {
        benefit_seq: benefit.seq,
        benefit_type: template.type,
        template_id: template.id,
        planned_amt: template.face === null ? null : money(template.face),
      };
    }),
  });
  story.log.write("execution", row(`${execution}-1`, at), at, next());
  if (event.retry === null) return;
  const again = at + event.retry * SECOND;
  story.log.write("execution", row(`${execution}-2`, again), again, next());
}

/** A user gets a benefit of an execution, after it, or one that no strategy issued. */
export function claim(story: Story, event: EventOf<"claim">, at: number, next: Next): void {
  const executions = story.log
    .all("execution")
    .filter((row) => row.experiment_group !== "control" && (row.benefits as readonly unknown[]).length > 0);
  const execution = event.execution === null ? undefined : nth(executions, event.execution);
  const benefits = (execution?.benefits ?? []) as readonly { benefit_seq: number; template_id: string }[];
  const benefit = nth(benefits, event.benefit);
  const template = benefit
    ? templates.find((t) => t.id === benefit.template_id)
    : (nth(templates, event.benefit) ?? templates[0]);
  if (!template) return;
  const when = execution ? notBefore(at, execution.triggered_at) : at;
  const validTo = iso(when + event.validHours * HOUR);
  const issued = {
    user_id: execution ? String(execution.user_id) : story.user(event.user),
    execution_id: execution ? String(execution.execution_id) : null,
    benefit_seq: benefit && event.hasSeq ? benefit.benefit_seq : null,
  };
  if (template.type === "coupon")
    story.log.write(
      "coupon",
      {
        coupon_id: story.id("c"),
        coupon_template_id: template.id,
        ...issued,
        claim_at: iso(when),
        claim_scene_code: execution?.scene_code ?? null,
        face_amt: template.face === null ? null : money(template.face),
        valid_from: iso(when),
        valid_to: validTo,
        coupon_status: "claimed",
        is_synthetic: execution ? false : event.synthetic,
      },
      when,
      next(),
    );
  else {
    const grant = { ...issued, allowance_template_id: template.id, valid_to: validTo };
    story.flow({ type: "grant", allowance: story.id("a"), cents: template.face, at: when, grant }, next());
  }
}

/** A claimed benefit is lost: it expires, or the platform takes it back. */
export function lose(story: Story, event: EventOf<"lose">, at: number, next: Next): void {
  const grants = story.log.all("flow").filter((flow) => flow.flow_type === "grant");
  const lost = nth([...story.log.all("coupon"), ...grants], event.claim);
  if (!lost) return;
  if (lost.coupon_id !== undefined) {
    const status = event.how === "expire" ? "expired" : "voided";
    story.log.write("coupon", { ...lost, coupon_status: status }, at, next());
    return;
  }
  const allowance = String(lost.allowance_id);
  const balance = story.balance(allowance);
  if (balance > 0)
    story.flow({ type: event.how, allowance, cents: balance, at: notBefore(at, lost.occurred_at) }, next());
}
