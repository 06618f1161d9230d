// How the page looks. Every colour is a token, once for light and once for dark; text has a contrast of at least 4.5 on what it stands on.

const LIGHT = `--page:#f7f7f5;--paper:#ffffff;--sunk:#f3f4f3;--ink:#1c2126;--soft:#565f69;--line:#dfe1e3;--strong:#c3c8cc;--link:#0b57a4;
--fail:#b3261e;--fail-bg:#fce9e7;--warn:#8a5200;--warn-bg:#fdf1d8;--unknown:#6a3da3;--unknown-bg:#f2ebfa;--unknown-line:#d9c8ee;
--pass:#1c6a3e;--pass-bg:#e5f3ea;--note:#0b57a4;--note-bg:#e5eff9;--bar:#d5e3f2;--bar-line:#5b84b1;--mark:#ffe3e0;--mark-2:#dcebfa`;

const DARK = `--page:#14171a;--paper:#1b1f23;--sunk:#22272c;--ink:#e5e8ea;--soft:#a4adb6;--line:#31373d;--strong:#4a525a;--link:#8fbff2;
--fail:#ff9f96;--fail-bg:#45211e;--warn:#f0c168;--warn-bg:#3b2e14;--unknown:#cdaef7;--unknown-bg:#2f2540;--unknown-line:#4a3b63;
--pass:#7fd3a0;--pass-bg:#19352a;--note:#8fbff2;--note-bg:#1b3045;--bar:#274059;--bar-line:#6f9ccb;--mark:#632823;--mark-2:#1f4060`;

export const STYLE = `
:root{color-scheme:light dark;${LIGHT};--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","DejaVu Sans",sans-serif;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*,*::before,*::after{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:1.5rem clamp(1rem,3vw,2.5rem) 4rem;max-width:82rem;background:var(--page);color:var(--ink);font:14px/1.5 var(--sans);font-variant-numeric:tabular-nums;overflow-wrap:break-word}
h1,h2,h3,h4,p,ul,dl,dd,figure,pre{margin:0;padding:0}
ul{list-style:none}
h1,h2,h3,h4{text-wrap:balance;overflow-wrap:anywhere;line-height:1.3}
h2{font-size:1.15rem;font-weight:650;margin:0 0 .75rem}
h3{font-size:1rem;font-weight:600;margin:1rem 0 .5rem}
code,pre,.at{font-family:var(--mono);font-size:.92em}
code,th,.cluster,.object{unicode-bidi:isolate}
a{color:var(--link);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.object,.remark,.fingerprint{color:var(--soft)}
.remark{margin-top:.5rem;max-width:80ch}
.printed{display:none}
.remark code{white-space:nowrap}

.tool{color:var(--soft);font-size:.85rem;margin-bottom:.5rem}
.verdict{display:flex;gap:1rem;align-items:center}
.verdict .mark{flex:none;display:grid;place-items:center;width:3.25rem;height:3.25rem;border-radius:.75rem;font-size:1.7rem;font-weight:700;line-height:1}
.verdict h1{font-size:1.75rem;font-weight:700;letter-spacing:-.015em;line-height:1.15}
.verdict.fail .mark{color:var(--fail);background:var(--fail-bg);border:2px solid}
.verdict.unknown .mark{color:var(--unknown);background:var(--unknown-bg);border:2px dashed}
.verdict.pass .mark{color:var(--pass);background:var(--pass-bg);border:2px solid}
.verdict.fail h1{color:var(--fail)}.verdict.unknown h1{color:var(--unknown)}.verdict.pass h1{color:var(--pass)}
.counts{display:flex;flex-wrap:wrap;gap:.4rem;margin:1.1rem 0}
.counts li{border:1px solid var(--line);border-radius:999px;background:var(--paper);padding:.2rem .8rem}
.counts b{font-weight:700}
.counts a{color:inherit;text-decoration:none}
.counts a:hover{text-decoration:underline}
.counts .fail b{color:var(--fail)}.counts .warn b{color:var(--warn)}.counts .unknown b{color:var(--unknown)}.counts .note b{color:var(--note)}.counts .pass b{color:var(--pass)}
.counts .idle{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:.6rem 2.25rem;margin-bottom:1rem}
.facts dt{color:var(--soft);font-size:.8rem}
nav{margin:1.5rem 0 1rem;border-bottom:1px solid var(--line);padding-bottom:.6rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
main>section{background:var(--paper);border:1px solid var(--line);border-radius:.75rem;padding:1.1rem 1.25rem 1.25rem;margin-top:1.1rem;min-width:0}

summary h3{display:inline;font-size:1em}
details>summary{cursor:pointer;font-weight:600;padding:.3rem 0}
.scroll{overflow:auto;max-width:100%;max-height:44rem;border-radius:.375rem}
#requirements .scroll{max-height:none}
/* What scrolls says so: by a bar that is always there, and by an edge that fades as long as there is more behind it. */
.scroll::-webkit-scrollbar{width:.6rem;height:.6rem}
.scroll::-webkit-scrollbar-track{background:var(--sunk);border-radius:.3rem}
.scroll::-webkit-scrollbar-thumb{background:var(--soft);border-radius:.3rem}
@property --right{syntax:"<length>";inherits:false;initial-value:0px}
@property --below{syntax:"<length>";inherits:false;initial-value:0px}
@keyframes right{0%,99%{--right:3rem}100%{--right:0px}}
@keyframes below{0%,99%{--below:3rem}100%{--below:0px}}
@supports (animation-timeline:scroll()){
.scroll{animation:right linear,below linear;animation-timeline:scroll(self inline),scroll(self block);mask:linear-gradient(to left,#0004,#000 var(--right)),linear-gradient(to top,#0004,#000 var(--below));mask-composite:intersect}
}
table{border-collapse:separate;border-spacing:0}
th{font-weight:500;text-align:left}
.list{width:100%;background:var(--paper)}
.list th,.list td{padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:baseline}
.list thead th{color:var(--soft);font-size:.8rem;white-space:nowrap;position:sticky;top:0;background:var(--paper)}
.clusters .list,.clusters .list thead th{background:var(--page)}
.clusters .scroll{max-height:20rem}
.list tbody th{font-weight:600;overflow-wrap:anywhere;min-width:7rem}
.list .number{text-align:right}
.list .lacks{overflow-wrap:anywhere;min-width:12rem}
.list thead th:last-child,.list td:last-child{padding-right:0}
.none{color:var(--soft)}
abbr{text-decoration:underline dotted var(--soft);text-underline-offset:3px}

.v{display:inline-grid;place-items:center;min-width:1.5rem;height:1.5rem;border-radius:.25rem;font-weight:700;font-size:.9rem;line-height:1;text-decoration:none;vertical-align:middle}
.v.fail{color:var(--fail);background:var(--fail-bg);box-shadow:inset 0 0 0 2px var(--fail)}
.v.warn{color:var(--warn);background:var(--warn-bg);box-shadow:inset 0 -3px 0 var(--warn)}
.v.unknown{color:var(--unknown);background:repeating-linear-gradient(135deg,var(--unknown-bg) 0 4px,var(--unknown-line) 4px 6px)}
.v.note{color:var(--note);background:var(--note-bg)}
.v.pass{color:var(--pass);background:var(--pass-bg);font-weight:500}
.v.idle{color:var(--soft);font-weight:400}
a.v:hover{outline:2px solid var(--ink);outline-offset:0}
.legend{display:flex;flex-wrap:wrap;gap:.35rem 1.25rem;margin-top:.7rem;color:var(--soft);font-size:.85rem;align-items:center}
.legend li{display:flex;gap:.4rem;align-items:center}
.legend .v{min-width:1.35rem;height:1.35rem;font-size:.8rem}

.grid .cell{padding:1px;text-align:center}
.grid .cell .v{display:grid;width:100%;min-width:1.75rem;height:1.75rem}
.grid thead th{position:sticky;top:0;z-index:2;background:var(--paper);padding:.15rem .5rem .4rem;vertical-align:bottom;text-align:center;font-size:.85rem;white-space:nowrap}
.grid thead th:first-child{left:0;z-index:3;text-align:left;padding-left:0;color:var(--soft)}
.grid tbody th[scope=row]{position:sticky;left:0;z-index:1;background:var(--paper);padding:.2rem 1rem .2rem 0;min-width:11rem;max-width:46rem;line-height:1.35}
.grid.tall tbody th[scope=row]{max-width:24rem}
.grid tbody th[scope=row] code{color:var(--soft);font-size:.75rem;margin-left:.35rem;white-space:nowrap}
.grid .group th{padding:.9rem 0 .25rem;font-size:.8rem;color:var(--soft)}
.grid tbody:first-of-type .group th{padding-top:.25rem}
.grid .group span{position:sticky;left:0}
.grid .all{padding-right:.6rem}
.grid thead .all{padding-right:1rem}
.grid .cell.all .v{min-width:2.5rem}
.grid.tall thead th{padding-inline:.1rem}
.grid.tall thead th:first-child{padding-left:0}
.grid.tall thead th span{writing-mode:vertical-rl;rotate:180deg;white-space:nowrap;text-align:left}
.grid:not(.tall) .cell .v{min-width:3.25rem}
.grid.tall .cell .v{min-width:1.55rem}
.matrix tbody th[scope=row]{min-width:0;font-size:.85rem;white-space:nowrap}
.matrix .self::before{content:"";display:block;height:1.75rem;border-radius:.25rem;background:var(--sunk)}
.bare .v{outline:1.5px dashed var(--soft);outline-offset:-5px}
.bare.untold .v{outline:2px dotted var(--soft)}
.legend .bare .v{outline-offset:-2px}
.beside{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,30rem);gap:1rem 2.5rem;align-items:start}

.topology svg:not(.sample){display:block;overflow:visible;width:100%;max-width:36rem;margin:0 auto}
.topology text{font:500 12px var(--sans);fill:var(--ink)}
.topology .legend{justify-content:center}
.node circle{fill:var(--paper);stroke:var(--ink);stroke-width:2}
.way line{stroke:var(--strong);stroke-width:1.75}
.way polygon{fill:var(--strong)}
.way circle{fill:var(--paper)}
.way.pass line{stroke:var(--pass);stroke-width:1.4;stroke-opacity:.45}.way.pass polygon{fill:var(--pass)}
.way.fail line,.way.fail circle{stroke:var(--fail)}.way.fail line{stroke-width:2.25}.way.fail polygon,.way.fail text{fill:var(--fail)}
.way.warn line,.way.warn circle{stroke:var(--warn)}.way.warn polygon,.way.warn text{fill:var(--warn)}
.way.none line{stroke-dasharray:7 5}
.way.unknown line{stroke:var(--unknown);stroke-width:2.25;stroke-dasharray:.1 5;stroke-linecap:round}.way.unknown polygon{fill:var(--unknown)}
.way.untold line{stroke-dasharray:.1 10;stroke-width:2.5;stroke-linecap:round}
.way circle{stroke-width:1.5}
.way text{font-weight:700}

.patterns{position:absolute}
.plan{background:var(--paper)}
.plan th{position:sticky;left:0;z-index:1;background:var(--paper);padding:0 1rem 0 0;white-space:nowrap;font-size:.85rem}
.plan thead th{color:var(--soft);z-index:3;top:0}
.plan thead td{position:sticky;top:0;z-index:2;background:var(--paper)}
.plan td{padding:0}
.plan tbody th,.plan tbody td{border-top:1px solid var(--line)}
.plan svg,.sample{display:block;overflow:hidden}
.plan text{font:11px var(--mono);fill:var(--ink)}
.plan tbody text{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.plan thead text{fill:var(--soft)}
.bar{fill:var(--bar);stroke:var(--bar-line)}
.plate{fill:var(--bar)}
.plate.secondary{fill:var(--paper)}
.bar.secondary{fill:var(--paper);stroke-dasharray:3 2}
.blank{fill:var(--sunk)}
.rule{stroke:var(--soft);fill:none}
.cut{stroke:var(--soft);fill:none}
.shared{fill:url(#p-shared)}
#p-shared line{stroke:var(--fail);stroke-width:2;stroke-opacity:.75}
#p-unknown line{stroke:var(--unknown-line);stroke-width:2}
.open rect{fill:url(#p-unknown);stroke:var(--unknown);stroke-dasharray:2 2}
.open text{fill:var(--unknown);font-weight:700}
.told{margin:.6rem 0 0 1.1rem;list-style:disc}
.told li{overflow-wrap:anywhere}
.range{display:inline-block;max-width:100%;overflow-wrap:anywhere}
.range code{white-space:nowrap}

.group h3{margin:1.5rem 0 .6rem;text-wrap:pretty}
.group h3 .v{margin-right:.3rem}
.group:first-of-type h3{margin-top:.25rem}
.group h3 code{color:var(--soft);font-weight:400;font-size:.8rem}
.finding{border:1px solid var(--line);border-left:4px solid var(--strong);border-radius:.5rem;padding:.85rem 1.1rem 1rem;margin:.6rem 0;min-width:0}
.finding.fail{border-left-color:var(--fail)}.finding.warn{border-left-color:var(--warn)}.finding.note{border-left-color:var(--note)}.finding.unknown{border-left-color:var(--unknown)}
.finding:target,.finding:has(:target),.brief li:target{outline:2px solid var(--link);outline-offset:2px}
.finding h4{font-size:1rem;font-weight:600;max-width:90ch;text-wrap:pretty}
.tags{display:flex;flex-wrap:wrap;gap:.3rem .6rem;align-items:center;margin:.4rem 0 .7rem;font-size:.85rem}
.tags>*{overflow-wrap:anywhere;min-width:0}
.tag{font-weight:600;border-radius:.25rem;padding:.05rem .45rem}
.tag.fail{color:var(--fail);background:var(--fail-bg)}.tag.warn{color:var(--warn);background:var(--warn-bg)}.tag.note{color:var(--note);background:var(--note-bg)}.tag.unknown{color:var(--unknown);background:var(--unknown-bg)}
.cluster{border:1px solid var(--line);border-radius:.25rem;padding:0 .4rem}
.sources{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:.75rem;margin-bottom:.8rem}
.source{min-width:0;border:1px solid var(--line);border-radius:.375rem;overflow:hidden;display:flex;flex-direction:column}
.source figcaption{padding:.35rem .7rem;background:var(--sunk);border-bottom:1px solid var(--line);font-size:.82rem;overflow-wrap:anywhere}
.source .at{color:var(--ink);font-weight:600}
.source .object{display:block}
.source pre{padding:.45rem 0;font-size:.84rem;line-height:1.55}
.line{display:grid;grid-template-columns:3.2rem minmax(0,1fr);column-gap:.8rem}
.line .number{text-align:right;color:var(--soft);user-select:none}
.line .text{white-space:pre-wrap;overflow-wrap:anywhere;padding-right:.7rem;min-height:1.55em}
.line:not(.hit) .text{color:var(--soft)}
mark{color:inherit;background:var(--mark-2);border-radius:.15rem;box-shadow:0 2px 0 var(--note);padding:.05em 0}
.fail .primary mark{background:var(--mark);box-shadow:0 2px 0 var(--fail)}
.warn .primary mark{background:var(--warn-bg);box-shadow:0 2px 0 var(--warn)}
.source .note{padding:.35rem .7rem .45rem;border-top:1px solid var(--line);margin-top:auto;font-size:.88rem;overflow-wrap:anywhere}
.source.bare .note{border-top:0;margin-top:0}
.source:not(.bare) .note::before{content:"▲ ";font-size:.7em;color:var(--note)}
.fail .primary .note::before{color:var(--fail)}.warn .primary .note::before{color:var(--warn)}
.places{margin:0 0 .8rem}
.places li{padding:.12rem 0;overflow-wrap:anywhere}
.remarks{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.4rem 1rem}
.remarks dt{color:var(--soft);font-weight:600}
.remarks dd{max-width:92ch;overflow-wrap:anywhere}
.fingerprint{font-size:.8rem;margin-left:.75rem}
.command{margin-top:.4rem;padding:.5rem .8rem;background:var(--sunk);border:1px solid var(--line);border-radius:.375rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:.86rem}
.brief li{padding:.4rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
.questions{margin-top:.3rem}

@media (max-width:74rem){.beside{grid-template-columns:minmax(0,1fr)}}
@media (max-width:40rem){
body{padding:1rem .75rem 3rem;font-size:13.5px}
main>section{padding:.9rem .85rem 1rem;border-radius:.5rem}
.grid tbody th[scope=row]{min-width:8.5rem;max-width:9.5rem;padding-right:.5rem;font-size:.82rem}
.matrix tbody th[scope=row]{max-width:none;min-width:0}
.grid tbody th[scope=row] code{display:none}
.grid:not(.tall) .cell .v{min-width:2.5rem}
.plan th{padding-right:.5rem}
.remarks{grid-template-columns:minmax(0,1fr);gap:.1rem}
.remarks dd{margin-bottom:.5rem}
.fingerprint{display:block;margin-left:0}
.line{grid-template-columns:2.2rem minmax(0,1fr);column-gap:.6rem}
}
@media print{
:root{${LIGHT};color-scheme:light}
@page{margin:12mm}
body{max-width:none;padding:0;background:none;font-size:10pt}
nav,.off{display:none}
.printed{display:block}
main>section{border:0;padding:0;margin-top:8mm}
.scroll.scroll{overflow:visible;max-height:none;animation:none;mask:none}
/* Nothing scrolls on paper: what is wide gets smaller. A drawing whose text would be too small has none; it stands in the list below. */
.plan{width:100%}
.plan:not(.crowded) :is(tr,th,td){display:block}
.plan:not(.crowded) thead th{display:none}
.plan:not(.crowded) svg{width:100%;height:auto}
.plan.crowded thead{visibility:collapse}
.plan.crowded :is(td,svg){width:100%}
.plan.crowded :is(text,.plate){display:none}
.list.ranges{font-size:8pt}
.told{columns:18rem}
.told li{break-inside:avoid}
.grid tbody th[scope=row]{min-width:0}
.grid tbody th[scope=row] code{white-space:normal}
.grid:not(.tall) .cell .v{min-width:1.5rem}
.grid:is(.tall,.turned){width:100%}
.grid:is(.tall,.turned) .self::before{height:1rem;border-radius:0}
.grid:is(.tall,.turned) tbody th[scope=row]{max-width:9rem;font-size:7pt;padding:0 .4rem 0 0;white-space:normal}
.grid:is(.tall,.turned) tbody th[scope=row] code{display:none}
.grid:is(.tall,.turned) thead th{font-size:7pt;line-height:1.15;padding:0 0 .2rem}
.grid:is(.tall,.turned) thead th:first-child{white-space:normal}
.grid.turned thead th span{writing-mode:vertical-rl;rotate:180deg}
.grid:is(.tall,.turned) .cell,.grid:is(.tall,.turned) .all{padding:.5px}
.grid:is(.tall,.turned) .cell .v{min-width:0;height:1rem;font-size:7pt;border-radius:0}
details::details-content{content-visibility:visible;display:block}
.source,.command,tr,.topology{break-inside:avoid}
h2,h3,h4{break-after:avoid}
.grid thead th,.grid tbody th[scope=row],.plan th,.plan thead td,.list thead th{position:static}
.v,.verdict .mark,.bar,.shared,mark,.tag{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
