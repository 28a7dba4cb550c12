/** Whether a key belongs to what has the focus, or to a dialog over the page: then it is none of the page's. */
export function isTaken({ target, ctrlKey, metaKey, altKey, defaultPrevented }: KeyboardEvent): boolean {
  if (defaultPrevented || ctrlKey || metaKey || altKey) return true;
  if (document.querySelector("dialog[open]") !== null) return true;
  return target instanceof Element && target.closest(CONTROLS) !== null;
}

const CONTROLS = [
  "input",
  "textarea",
  "select",
  "button",
  "a[href]",
  "summary",
  "[contenteditable]",
  "[role=slider]",
  "[role=option]",
  "[role=combobox]",
].join(",");
