// Reads documents with the client library of Frappe:
//
//   node ask.cjs URL TYPE < credential
//
// TYPE is token or Bearer. It prints one line of JSON for each call: what the
// backend answered, or the status of a refusal.
const { readFileSync } = require("node:fs");
const { FrappeApp } = require("frappe-js-sdk");

const [url, type] = process.argv.slice(2);
const credential = readFileSync(0, "utf8").trim();
const frappe = new FrappeApp(url, { useToken: true, token: () => credential, type });

const calls = [
  () => frappe.db().getDoc("Customer", "Acme"),
  () => frappe.db().getDocList("Sales Invoice", { fields: ["name"], filters: [["status", "=", "Paid"]], limit: 3 }),
  () => frappe.db().createDoc("ToDo", { description: "call Kim" }),
  () => frappe.call().post("frappe.client.get_count", { doctype: "Customer" }),
];

(async () => {
  for (const call of calls) {
    try {
      console.log(JSON.stringify(await call()));
    } catch (refusal) {
      console.log(JSON.stringify({ refused: refusal.httpStatus }));
    }
  }
})();
