// Who works here: the person who is signed in, or the name that was said once and that this browser keeps.

const KEPT = "aoi.who";
const body = document.body.dataset;

export const isSignedIn = () => body.signedIn === "yes";

/** The name, or "" where nobody has said one yet. */
export const name = () => (isSignedIn() ? body.person : (localStorage.getItem(KEPT) ?? ""));

/** What a request says of it: nothing where somebody is signed in, since the gateway knows. */
export const who = () => (isSignedIn() ? {} : { who: name() });

/** Gives the name, and asks for it if need be; "" where the person does not want to say it now. */
export function ask({ anew = false } = {}) {
  if (name() !== "" && !anew) return Promise.resolve(name());
  const dialog = document.getElementById("who-dialog");
  const input = document.getElementById("who-input");
  input.value = name();
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(name()), { once: true }));
}

export function start() {
  const dialog = document.getElementById("who-dialog");
  if (dialog === null) return; // somebody is signed in, or has to
  document.getElementById("who-button").addEventListener("click", () => ask({ anew: true }));
  document.getElementById("who-cancel").addEventListener("click", () => dialog.close());
  document.getElementById("who-form").addEventListener("submit", () => {
    const said = document.getElementById("who-input").value.trim();
    const before = name();
    if (said === "" || said === before) return;
    localStorage.setItem(KEPT, said);
    show();
    window.dispatchEvent(new CustomEvent("aoi:who", { detail: { before } }));
  });
  show();
}

function show() {
  if (name() !== "") document.getElementById("who-name").textContent = name();
}
