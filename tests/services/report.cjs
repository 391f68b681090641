// Opens one page of `git factory report` in a browser and says, as JSON, what there is to object to, and how long it took.
//
// Usage: node report.cjs NODE_MODULES BROWSER PAGE PICTURES
"use strict";
const fs = require("fs");
const path = require("path");
const { pathToFileURL } = require("url");
const [modules, browserPath, file, pictures] = process.argv.slice(2);
const puppeteer = require(path.join(modules, "puppeteer-core"));
const { HtmlValidate } = require(path.join(modules, "html-validate"));

const faults = [];
const figures = {};

async function markup() {
  const judge = new HtmlValidate({ extends: ["html-validate:recommended"] });
  const report = await judge.validateString(fs.readFileSync(file, "utf8"));
  for (const result of report.results) {
    for (const message of result.messages.slice(0, 20))
      faults.push(`markup, line ${message.line}: ${message.message} (${message.ruleId})`);
  }
}

// A page on which everything that it says or asks for is a fault.
async function watched(browser) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1200, height: 900 });
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|data|blob|about):/.test(request.url())) faults.push(`asked the network: ${request.url()}`);
    else if (request.url().startsWith("file:") && !request.isNavigationRequest()) faults.push(`asked for a file: ${request.url()}`);
  });
  return page;
}

// Tables that take up room, with the words in them. What a reader has to unfold first is unfolded.
const tables = () => {
  for (const folded of document.querySelectorAll("details")) folded.open = true;
  return [...document.querySelectorAll("table")].map((table) => {
    const place = table.getBoundingClientRect();
    return place.width > 0 && place.height > 0 ? table.innerText.replace(/\s+/g, " ").trim() : "";
  });
};

// How bright a picture is, from 0 to 255, and how many colours it has; a browser reads it, for it can.
async function seen(browser, picture) {
  const page = await browser.newPage();
  const answer = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const bytes = context.getImageData(0, 0, canvas.width, canvas.height).data;
    const colours = new Set();
    let sum = 0;
    for (let at = 0; at < bytes.length; at += 4) {
      colours.add((bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]);
      sum += (bytes[at] + bytes[at + 1] + bytes[at + 2]) / 3;
    }
    return { bright: Math.round(sum / (bytes.length / 4)), colours: colours.size };
  }, "data:image/png;base64," + picture);
  await page.close();
  return answer;
}

async function looks(browser, page) {
  for (const [name, scheme, media, fits] of [["light", "light", "screen", (bright) => bright > 180],
                                             ["dark", "dark", "screen", (bright) => bright < 80],
                                             ["print", "dark", "print", (bright) => bright > 180]]) {
    await page.emulateMediaType(media);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    // What is printed is told so first, as by the browser's own printing.
    await page.evaluate((printing) => window.dispatchEvent(new Event(printing ? "beforeprint" : "afterprint")), media === "print");
    const picture = await page.screenshot({ encoding: "base64" });
    fs.writeFileSync(path.join(pictures, name + ".png"), Buffer.from(picture, "base64"));
    const look = await seen(browser, picture);
    figures[name] = look;
    if (look.colours < 30) faults.push(`the ${name} picture is empty: ${look.colours} colours`);
    if (!fits(look.bright)) faults.push(`the ${name} picture is not ${name}: its brightness is ${look.bright} of 255`);
  }
  await page.emulateMediaType("screen");
  const paper = await page.pdf({ path: path.join(pictures, "paper.pdf") });
  figures.paper_bytes = paper.length;
  if (paper.length < 10000) faults.push(`what is printed is empty: ${paper.length} bytes`);
}

async function main() {
  await markup();
  const browser = await puppeteer.launch({ executablePath: browserPath, headless: true, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await watched(browser);
    const begun = Date.now();
    await page.goto(pathToFileURL(file).href, { waitUntil: "load", timeout: 120000 });
    figures.opened_ms = Date.now() - begun;
    figures.loaded_ms = Math.round(await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd));
    figures.charts = await page.evaluate(() => [...document.querySelectorAll("canvas")].filter((one) => one.clientHeight > 0).length);
    const withScript = await page.evaluate(tables);
    figures.tables = withScript.length;
    await looks(browser, page);

    const plain = await watched(browser);
    await plain.setJavaScriptEnabled(false);
    await plain.goto(pathToFileURL(file).href, { waitUntil: "load", timeout: 120000 });
    const without = await plain.evaluate(tables);
    if (without.length === 0) faults.push("without JavaScript there is no table");
    if (without.some((text) => text === "")) faults.push("without JavaScript a table cannot be read");
    if (without.join("\n") !== withScript.join("\n")) faults.push("without JavaScript tables say something else");
    const empty = await plain.evaluate(() => [...document.querySelectorAll("canvas")].filter((one) => one.clientHeight > 0).length);
    if (empty > 0) faults.push(`without JavaScript ${empty} empty charts take up room`);
  } finally {
    await browser.close();
  }
  console.log(JSON.stringify({ faults, figures }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
