// Takes the texts of a part of the page while they are typed (live.py).
//
// The listeners are the module's, not the component's: a browser evaluates a module once, while Streamlit calls the
// component again with every drawing.

const PAUSE = 200; // milliseconds without a key
const BOXES = ":is([data-testid=stTextArea] textarea, [data-testid=stTextInput] input)";
const LIVE = `[class*="st-key-live-texts-"] ${BOXES}`;

let waiting;

/** What Streamlit does on (Ctrl+)Enter. The key is not one of the keyboard's, so a composition goes on untouched. */
function take(box) {
  const ctrlKey = box.tagName === "TEXTAREA";
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey, bubbles: true, cancelable: true }));
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches(LIVE)) return;
  clearTimeout(waiting);
  waiting = setTimeout(take, PAUSE, target);
});

// Another app on a phone, a reload and a closed tab do not leave the box first.
for (const leaving of ["visibilitychange", "beforeunload", "pagehide"]) {
  addEventListener(leaving, () => {
    const box = document.activeElement;
    if (box?.matches(LIVE)) take(box);
  });
}

export default function () {}
