// Lets what comes from npm judge what the tests give it: {judge, documents: {name: text}} on standard input, and on
// standard output {name: [complaints]}.
import { readFileSync } from "node:fs";

const judges = {
  async html(documents) {
    const { HtmlValidate, StaticConfigLoader } = await import("html-validate");
    const validator = new HtmlValidate(new StaticConfigLoader({
      root: true,
      extends: ["html-validate:recommended"],
      rules: {
        // Matters of taste; what the standard says is left on.
        "aria-label-misuse": "off", // lists may be named, and some of ours need it
        "doctype-style": "off",
        "form-dup-name": ["error", { shared: ["checkbox", "radio", "submit"] }],
        "long-title": "off", // titles are people's
        "meta-refresh": "off", // what shows a room something reloads itself where scripts don't run
        "no-implicit-button-type": "off", // a button of a form sends it
        "no-trailing-whitespace": "off",
        "void-style": "off",
      },
    }));
    return each(documents, async (text) => {
      const report = await validator.validateString(text);
      return report.results.flatMap((result) => result.messages).filter((one) => !isLeft(one))
        .map((one) => `${one.line}: ${one.ruleId}: ${one.message} ${one.selector ?? ""}`);
    });
  },

  async openapi(documents) {
    const { Validator } = await import("@seriousme/openapi-schema-validator");
    return each(documents, async (text) => {
      const found = await new Validator().validate(JSON.parse(text));
      return found.valid ? [] : [JSON.stringify(found.errors)];
    });
  },

  async calendar(documents) {
    const { default: ICAL } = await import("ical.js");
    return each(documents, async (text) => {
      ICAL.design.strict = true;
      const calendar = new ICAL.Component(ICAL.parse(text));
      return calendar.getAllSubcomponents("vevent").map((part) => {
        const event = new ICAL.Event(part);
        return [event.uid, event.summary, event.startDate.toJSDate().toISOString(), event.endDate.compare(event.startDate)];
      });
    });
  },
};

// The buttons of the stage's form come with the part beside it that changes by itself: none in an order that is empty.
const isLeft = (one) => one.ruleId === "wcag/h32" && one.selector === "#stage-form";

async function each(documents, judge) {
  const found = {};
  for (const [name, text] of Object.entries(documents)) found[name] = await judge(text);
  return found;
}

const { judge, documents } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await judges[judge](documents)));
