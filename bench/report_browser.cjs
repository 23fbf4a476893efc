// Looks at a report in headless Chromium: load time, console, requests, overflow, axe-core.
//   npm install axe-core playwright-core   (in a folder of its own; name it with NODE_PATH)
//   NODE_PATH=folder/node_modules node bench/report_browser.cjs build/report.html [screenshots]
const { chromium } = require("playwright-core");
const path = require("path");

const FLAGS =
  "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const VIEWS = {
  light: { viewport: { width: 1280, height: 900 } },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 } },
};

(async () => {
  const [file, pictures] = process.argv.slice(2);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: FLAGS.split(" "),
  });
  for (const [name, options] of Object.entries(VIEWS)) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const messages = [];
    let requests = 0;
    page.on("console", (message) => messages.push(message.text()));
    page.on("pageerror", (error) => messages.push(String(error)));
    page.on("request", () => (requests += 1));
    const started = Date.now();
    await page.goto(`file://${path.resolve(file)}`);
    await page.waitForFunction(() => document.documentElement.classList.contains("ready"));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const loaded = Date.now() - started;
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (pictures) await page.screenshot({ path: `${pictures}-${name}.png` });
    const seen = [messages.length, requests];
    const session = await context.newCDPSession(page);
    await session.send("Page.setBypassCSP", { enabled: true }); // for axe alone
    await page.reload();
    await page.addScriptTag({ path: require.resolve("axe-core/axe.min.js") });
    const { violations } = await page.evaluate(() => axe.run());
    const found = violations.map((one) => `${one.id} (${one.nodes.length})`).join(", ") || "none";
    console.log(`${name}: ${loaded} ms, ${seen[0]} messages, ${seen[1]} request, ${overflow} px over, axe: ${found}`);
    await context.close();
  }
  await browser.close();
})();
