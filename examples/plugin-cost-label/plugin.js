// What the package exports: its name, the contract that it was made for, and its definitions.
import { definePlugin } from "kubemin/plugin";
import { costCentre } from "./costCentre.js";
import { page } from "./page.js";

export default definePlugin({
  name: "kubemin-plugin-cost-label",
  version: "1.0.0",
  kubemin: "^0.1",
  components: [page],
  traits: [costCentre],
});
