// Drives a running `ctb serve` in headless Chromium: console, overflow, axe-core, filter form, links.
//   npm install axe-core playwright-core   (in a folder of its own; name it with NODE_PATH)
//   NODE_PATH=folder/node_modules node bench/service_browser.cjs http://127.0.0.1:8000 KEY [screenshots]
const { chromium } = require("playwright-core");

const FLAGS =
  "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const VIEWS = {
  light: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 } },
};

async function look(page, name, pictures) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (pictures) await page.screenshot({ path: `${pictures}-${name}.png` });
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setBypassCSP", { enabled: true }); // for axe alone
  await page.reload();
  await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
  const { violations } = await page.evaluate(() => axe.run());
  await session.send("Page.setBypassCSP", { enabled: false });
  await page.reload();
  const found = violations.map((one) => `${one.id} (${one.nodes.length})`).join(", ") || "none";
  console.log(`${name}: ${overflow} px over, axe: ${found}`);
}

async function walk(browser, view, base, key, pictures) {
  const context = await browser.newContext({ ...VIEWS[view], httpCredentials: { username: "me", password: key } });
  const page = await context.newPage();
  const messages = [];
  const elsewhere = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:")) elsewhere.push(request.url());
  });
  await page.goto(`${base}/`);
  await look(page, `${view}-overview`, pictures);
  await page.click("text=History");
  await look(page, `${view}-history`, pictures);
  await page.selectOption("select[name=action]", "audit");
  await page.fill("input[name=min_score]", "1");
  await page.click("button[type=submit]");
  await look(page, `${view}-filtered`, pictures);
  const actions = await page.$$eval(".runs tbody tr td:nth-child(2)", (cells) => cells.map((cell) => cell.textContent));
  await page.click(".runs a");
  await page.waitForFunction(() => document.documentElement.classList.contains("ready"));
  await look(page, `${view}-report`, pictures);
  await page.goto(`${base}/report`);
  const title = await page.title();
  console.log(`${view}: filtered runs: ${actions.join(" ")}; latest: "${title}"; ${messages.length} messages, ${elsewhere.length} requests elsewhere`);
  messages.forEach((message) => console.log(`  ${message}`));
  await context.close();
}

(async () => {
  const [base, key, pictures] = process.argv.slice(2);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: FLAGS.split(" "),
  });
  const stranger = await browser.newContext();
  const refused = await stranger.request.get(`${base}/history`);
  console.log(`without a key: ${refused.status()}, ${refused.headers()["www-authenticate"]}`);
  for (const view of Object.keys(VIEWS)) await walk(browser, view, base, key, pictures);
  await browser.close();
})();
