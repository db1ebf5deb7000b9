// Around the stage: keys, the theme, and what is being typed.

export function listenForKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      document.querySelector("#shoot").click();
    } else if (event.key === "Escape" && !busyElsewhere(event.target)) {
      page.stop();
    }
  }, true);
}

// Escape first closes what is open: a list of choices, a full screen.
function busyElsewhere(target) {
  return Boolean(document.fullscreenElement || document.querySelector("[role=listbox]") || (target.closest && target.closest("[role=dialog]")));
}

// What is typed survives a reload of this tab, and goes with the tab: it may be private.
export function keepDrafts() {
  document.addEventListener("input", (event) => {
    if (!event.target.closest("#prompt")) return;
    try {
      sessionStorage.setItem("auteur.prompt", event.target.value);
    } catch {
      // storage is off: nothing is kept
    }
  });
}

export function draft() {
  try {
    return sessionStorage.getItem("auteur.prompt") || "";
  } catch {
    return "";
  }
}

export function switchTheme() {
  const node = document.getElementById("theme-switch");
  if (!node) return;
  const root = document.documentElement;
  const show = () => {
    const next = root.dataset.theme === "light" ? "dark" : "light";
    node.setAttribute("aria-label", `Change to the ${next} theme`);
    document.body.classList.toggle("dark", root.dataset.theme !== "light"); // Gradio's own few rules
  };
  node.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
    try {
      localStorage.setItem("auteur.theme", root.dataset.theme);
    } catch {
      // storage is off: the choice lasts as long as the page
    }
    show();
  });
  show();
}
