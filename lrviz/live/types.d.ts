// What Python sends to the browser and the browser to Python. A test gives real messages of
// every view and every kind of run to the compiler, which finds names that are not here.

import type { GraphPage } from "./graph.js";
import type { MessageQueue } from "./queue.js";
import type { TrainingPage } from "./training.js";

// Numbers and formulas

/** A probability: σ(z), σ(−z) and the logit, so that 1 − a loses no digits. */
export interface Pair {
  p: number;
  q: number;
  z: number;
}

/** What stands at a node or an edge and can be written; the vector view has lists of two. */
export type Quantity = number | Pair;

/** A name, a number, or [kind, part, ...], see core/expression.py. */
export type Expression = string | number | Expression[];

/** Answers with what stands at a key: "value.z", "adjoint.w.0", "local.z-a", "complement.a". */
export type Read = (key: string) => Quantity;

export interface InputNode {
  name: string;
  /** Fields whose values it holds: one, or two as a vector. */
  inputs: string[];
  /** What is computed in place of the sum over its ways to L, where that would lose digits. */
  adjoint?: Expression;
}

export interface OperationNode {
  name: string;
  args: string[];
  formula: Expression;
  /** The local derivative for each argument. */
  rates: Expression[];
  /** What it is the sum of; itself alone if it is no sum. */
  terms: Expression[];
}

export type GraphNode = InputNode | OperationNode;

/** Bounds of quantities, both included; null is none. */
export type Conditions = Record<string, [number | null, number | null]>;

/** Conditions, and the template that is said where they hold. */
export type SentenceTable = [when: Conditions, text: string][];

// The guide, see text/guide.py

export interface GuideAmount {
  keys: string[];
  how: "product" | "sum";
  by: number;
}

export type GuideAsk = { question: SentenceTable[] } & (
  | { kind: "choose"; options: { label: string; when: Conditions; meaning: string }[] }
  | { kind: "try"; until: Conditions; does: Record<string, number> }
  | { kind: "type"; right: GuideAmount; mistakes: (GuideAmount & { why: string })[] }
);

export interface GuideCard {
  says: SentenceTable[];
  because: SentenceTable[];
  ask: GuideAsk | null;
  /** All fields of the page while the card asks, and those that change when it shows. */
  state: Record<string, unknown>;
  shown: Record<string, unknown>;
  lit: string[];
  part: string;
  veil: string[];
  hides: string[];
  /** Quantities that are shown before the walk has come to them: at once, and when it has been answered. */
  seen: string[];
  told: string[];
  /** A page to go on to. */
  onward: string;
}

export interface GuideSpec {
  home: string;
  tolerance: number;
  order: { name: string; page: string; title: string }[];
  /** Those of the page that is given them. */
  cards: Record<string, GuideCard>;
}

// Small plots in the picture of the graph, see figures/plots.py

export type Box = [left: number, top: number, width: number, height: number];
type Span = [low: number, high: number];

export interface CurveSpec {
  kind: "curve";
  name: string;
  box: Box;
  x: Span;
  /** None: from 0 to a little above the highest point. */
  y: Span | null;
  letter: string;
  formula: Expression;
  at: string;
  height: string;
  slope: string;
  through: [value: string, rate: string | null] | null;
  role: string;
  reach: number;
  /** When the point and the tangent are known. */
  stages: [number, number];
  /** What the secant of a nudge is called, or nothing. */
  dashed: string;
  /** Kinds of marks that the link leaves out. */
  without: string[];
}

export interface BarsSpec {
  kind: "bars";
  name: string;
  box: Box;
  terms: string[];
  stages: [number, number];
  without: string[];
}

export type PlotSpec = CurveSpec | BarsSpec;

// Figures: Plotly's own attributes are not checked beyond those that are read here

export interface Axis {
  range?: number[];
  type?: string;
  [attribute: string]: unknown;
}

export interface Margin {
  l: number;
  r: number;
  t: number;
  b: number;
  [attribute: string]: unknown;
}

export interface Layout {
  width?: number;
  height?: number;
  margin?: Margin;
  xaxis?: Axis;
  yaxis?: Axis;
  dragmode?: string | false;
  [attribute: string]: unknown;
}

export interface Trace {
  type?: string;
  [attribute: string]: unknown;
}

export interface FigureSpec<T extends Trace = Trace, L extends Layout = Layout> {
  data: T[];
  layout: L;
}

/** A node or an edge that can be chosen: left, top, width and height in px of the figure. */
export interface Hit {
  name: string;
  label: string;
  box: [number, number, number, number];
}

export interface GraphLayout extends Layout {
  width: number;
  height: number;
  meta: {
    shape_stages: number[];
    hits: Hit[];
    /** Of each edge: its shape, the quantities that make it thick, and whether it is lit. */
    widths: [shape: number, keys: string[], lit: boolean][];
    plots: PlotSpec[];
    ways: Record<string, [forward: string, back: string]>;
  };
}

/** The labels: text with slots, the stage that computes each, and what kind it is. */
export interface LabelTrace extends Trace {
  text: string[];
  meta: { templates: string[]; stages: number[]; kinds: string[] };
}

export type PictureShape = "tall" | "wide" | "broad" | "vast";

export type GraphFigureSpec = FigureSpec<LabelTrace, GraphLayout>;

export interface CurvesLayout extends Layout {
  height: number;
}

export interface CurveTrace extends Trace {
  meta: { y: number; loss: string; panel: number };
}

export type Mode = "light" | "dark";
export type Palette = Record<string, string>;
export type Palettes = Record<Mode, Palette>;

// What both pages are given

export interface Addresses {
  module: string;
  css: string;
  katex: string;
  plotly: string;
}

export interface Mounted extends Addresses {
  kind: string;
  key: string;
}

/** A value, its text, and a longer text for a hint. */
export type Option = [value: string | number, text: string, title?: string];

export interface ChoiceSpec {
  name: string;
  options: Option[];
  label?: string;
  title?: string;
}

export interface PanelSpec {
  title: string;
  lines: string[];
}

// The Graph page

/** The fields of the link, as the browser holds them. */
export interface GraphFields {
  x1: number;
  x2: number;
  w1: number;
  w2: number;
  b: number;
  y: number;
  view: string;
  of: string;
  part: string;
  at: string | null;
  stage: number | null;
  line: number;
  loss: string;
  nudge: number | null;
  lr: number;
  hide: string[];
  guide: string | null;
}

export type Inputs = Pick<GraphFields, "x1" | "x2" | "w1" | "w2" | "b" | "y">;

export interface RangeSpec {
  name: string;
  label: string;
  min: number;
  max: number;
  step: number;
  whole?: boolean;
  role?: string;
}

export interface RangeInputSpec extends RangeSpec {
  kind: "range";
  name: keyof Inputs;
}

export interface ChoiceInputSpec extends ChoiceSpec {
  kind: "choice";
  name: keyof Inputs;
  symbol: string;
}

export interface ProductSpec {
  factors: { symbol: string; number: string; mark: string; names: string[]; stage: number }[];
  stage: number;
  result: { symbol: string; number: string };
  /** The result in one line. */
  rate: string;
  /** What goes on it: the factors that make it. */
  terms: string;
  /** None: the link leaves it out. */
  identity: { symbol: string; numbers: string } | null;
  choice: ChoiceSpec & { name: "of"; title: string };
}

export interface StepSpec {
  title: string;
  head: string;
  side: boolean;
  latex: string;
  rule: [kind: string, detail: string];
  /** Text and mathematics in turn, as in every list of texts here. */
  note: string[];
  uses: string;
  about: string[];
  numbers: string;
  point: string;
  bare: boolean;
  value: Expression;
  /** Beyond a limit of z, what float64 loses in this line. */
  losses: [side: string, limit: number, remark: string][];
  extreme?: { label: string; fields: Inputs };
}

export interface PartSpec {
  key: string;
  label: string;
  title: string;
  intro: string[];
  wanted: string[];
  steps: StepSpec[];
}

export interface DerivationSpec {
  parts: PartSpec[];
  i: string;
  part_of: Record<string, string>;
  /** Whether its numbers may be shown, and whether it is all there. */
  numbers: boolean;
  whole: boolean;
}

// What a link leaves out, see text/withheld.py and practice/blanks.py

export interface BlanksSpec {
  /** Quantity to what it is called. */
  names: Record<string, string>;
  formulas: { key: string; mark: string; symbol: string }[];
}

/** A button that copies a text. */
export interface CopySpec extends Mounted {
  label: string;
  text: string;
}

export interface BlankAnswer {
  key: string;
  right: boolean | null;
  said: string;
  /** Of each mistake what it was, and where the derivation settles it: no part is none. */
  lines: { said: string; part: string; line: number }[];
}

export interface LossSpec extends ChoiceSpec {
  name: "loss";
  title: string;
  now: LossName;
}

export type LossName = "log" | "squared";

export interface CurvesSpec {
  figure: FigureSpec<CurveTrace, CurvesLayout>;
  why: SentenceTable[];
  note: string;
  lines: { graph: LossName; text: string }[];
  summary: string;
}

export type Parameters = Pick<GraphFields, "w1" | "w2" | "b">;

export interface NudgeSpec {
  title: string;
  hint: string;
  of: "w1" | "w2" | "b";
  /** Nodes from the parameter to the loss. */
  path: string[];
  sizes: number[];
  head: string[];
  rows: { symbol: string; change: string; guess: string }[];
  ratio: { symbol: string; change: string; guess: string };
  verdict: SentenceTable[];
}

/** A node or an edge of the path, or the derivative. */
export interface StripItem {
  names: string[];
  text: string;
  role: "node" | "edge" | "result";
}

/** What moves at a stage of the walk. */
export interface WalkSpec {
  node: string | null;
  moves: { edge: string; back: boolean; carries: [start: string, end: string] }[];
}

export interface OneStepSpec {
  title: string;
  label: string;
  rates: number[];
  rule: string;
  lines: string[];
  high: number;
  beyond: string;
  after: SentenceTable[];
  onward: [before: string, link: string, path: string];
}

export interface GraphStructure {
  guide: GuideSpec;
  question: string;
  nudge: NudgeSpec;
  onestep: OneStepSpec;
  /** By the part of the derivation that is read; "" is every other part's. */
  strip: Record<string, StripItem[]>;
  glossary: Record<string, string>;
  walk: WalkSpec[];
  structure: string;
  palettes: Palettes;
  said: Record<"now" | "moved", SentenceTable[]>;
  drag: "w1" | "w2" | "b";
  bridge: string;
  legend: [role: string, text: string][];
  summary: string;
  graph: GraphNode[];
  figures: Record<"tall" | "wide", GraphFigureSpec> & Partial<Record<PictureShape, GraphFigureSpec>>;
  groups: { title: string; note?: string; inputs: (RangeInputSpec | ChoiceInputSpec)[] }[];
  tools: (ChoiceSpec & { name: "view" })[];
  product: ProductSpec;
  captions: string[];
  resting: string;
  plain: Record<LossName, GraphNode[]>;
  derivation: DerivationSpec;
  loss: LossSpec;
  curves: CurvesSpec;
  panels: Record<string, PanelSpec>;
  /** The blocks that the link leaves out. */
  without: string[];
  blanks: BlanksSpec;
  presets: { label: string; note: string; fields: Inputs }[];
}

export interface GraphSpec extends GraphStructure, Mounted {
  calm: boolean;
}

// The Training page

export type Triple = [number, number, number];

/** opt, lr, momentum, batch, seed, w1, w2, b. */
export type ComparisonRow = [string, number, number, number, number, number, number, number];

/** x1, x2, class. */
export type PlacedPoint = [number, number, number];

export interface TrainingFields {
  data: string;
  scale: "standard" | "raw";
  opt: string;
  lr: number;
  momentum: number;
  batch: number;
  seed: number;
  l2: number;
  steps: number;
  start: Triple;
  plane: string;
  surface: "contour" | "3d";
  step: number;
  threshold: number;
  layout: "page" | "lecture";
  example: number;
  points: PlacedPoint[];
  comparisons: ComparisonRow[];
  hide: string[];
  guide: string | null;
}

/** An array in base64: little-endian float32, float64 or bytes. */
export interface Packed {
  type: "f4" | "f8" | "u1" | "u2" | "u4";
  shape: number[];
  base64: string;
}

export interface RowsSpec extends Mounted {
  /** Tells these rows from any others. */
  digest: string;
  raw: Packed;
  y: Packed;
}

export interface SlicesSpec<Terms = Packed> {
  kind: "series" | "stack";
  terms: Terms;
  middle: number;
  half: number;
  steps: number[];
}

export interface ComparisonSpec<Column = Packed> {
  letter: string;
  label: string;
  taken: number;
  stopped: string | null;
  params: Column;
  losses: Column;
}

/** J along d and along the gradient over K: step, way, and where, see training/parabola.py. */
export interface ParabolasSpec<Column = Packed> {
  along: number[];
  heights: Column;
  slopes: Column;
  bends: Column;
  ends: Column;
  rate: number;
}

export interface PlaybackSpec {
  /** The digest of the rows that the run is about. */
  rows: string;
  /** Indices into w1, w2, b: across, up, and the one that the plane leaves out. */
  plane: Triple;
  symbols: [string, string, string];
  taken: number;
  steps: number;
  stopped: string | null;
  params: Packed;
  /** The weight decay λ: it is in losses and gradients already. */
  l2: number;
  losses: Packed;
  /** The mean log loss alone. */
  plain: Packed;
  gradients: Packed;
  following: Packed;
  used: Packed;
  terms: Record<string, Packed>;
  /** The rows of each step's minibatch in one list, and where each one's end there. */
  batches: { rows: Packed; ends: number[] } | null;
  constants: Record<string, number>;
  /** The optimizer's name. */
  opt: string;
  /** Rows of a minibatch. */
  batch: number;
  /** Whether the features are standardised. */
  scaled: boolean;
  /** Its statements, where they need no more than the gradient over all the data. */
  program: { lines: [name: string, right: Expression][]; keeps: string[] } | null;
  /** What the optimizer's own picture says; gd and sgd have none. */
  picture: { kind: "parabola" | "velocity" | "rates"; title: string; says: SentenceTable[]; ahead: boolean } | null;
  newton: ParabolasSpec | null;
  /** The letters of the rule in words. */
  letters: [letter: string, meaning: string, latex: string][];
  /** For each parameter: J, its slope and the rule's lines, with a template of numbers. */
  rule: [symbols: string, numbers: string, latex: string][][];
  across: Packed;
  up: Packed;
  low: number;
  high: number;
  slices: SlicesSpec;
  minimum: Triple | null;
  /** Learning rates that matter, and those that are marked on the slider. */
  bounds: { guaranteed: number; local: number | null; marks: [name: string, lr: number][] };
  /** The learning rate that a change of scale sets, by scale. */
  first_rates: Record<"standard" | "raw", number>;
  /** Why nothing moves from this start, and one from which something does. */
  settled_start: { why: string; start: Triple } | null;
  /** Why raw values are too large to train on or to draw. */
  large: string | null;
  /** What to try at the end of the run. */
  onward: string;
  /** J that grows by less than this share has not risen. */
  flicker: number;
  /** The start that the seed gives. */
  random_start: Triple;
  mean: [number, number];
  scale: [number, number];
  label: string;
  comparisons: ComparisonSpec[];
}

export interface SelectSpec extends ChoiceSpec {
  kind: "select";
  label: string;
}

export interface SegmentsSpec extends ChoiceSpec {
  kind: "choice";
  label: string;
  place?: "surface";
}

export interface FieldSpec {
  kind: "field" | "row" | "log" | "exact";
  name: string;
  label: string;
  min: number;
  max: number;
  /** Between this and 0 it takes nothing. */
  least?: number;
  title?: string;
  whole?: boolean;
  count?: number;
}

export type ControlSpec = SelectSpec | SegmentsSpec | FieldSpec;

export interface RunStyle {
  dasharray: string;
  outline: string;
}

export interface TextBlock {
  title: string;
  lines: string[];
  rates?: [text: string, lr: number][];
}

/** A run worth watching: all the fields it sets, and what to look for. */
export interface ScenarioSpec {
  name: string;
  label: string;
  look: string;
  fields: Partial<TrainingFields>;
}

export interface PointsLimits {
  most: number;
  reach: number;
}

/** What the loss surface is drawn with; heights are logarithms of the loss to base ten. */
export interface SurfaceSpec {
  /** Of the parameters across, up, and the one that the plane leaves out. */
  letters: [string, string, string];
  /** Of the bar of colours. */
  ticks: [height: number, text: string][];
  levels: [height: number, text: string][];
  ramps: Record<Mode, string[]>;
  /** Whether both axes have one extent, and are drawn 1 : 1. */
  equal: boolean;
}

export interface TrainingStructure {
  structure: string;
  own: PointsLimits & { plane: FigureSpec };
  /** How many runs may stand beside the first. */
  most: number;
  styles: RunStyle[];
  palettes: Palettes;
  guide: GuideSpec;
  question: string;
  graph: GraphNode[];
  panels: Record<string, PanelSpec>;
  example: Record<"wide" | "tall", GraphFigureSpec>;
  legend: [role: string, text: string][];
  reach: number;
  /** From where to where an example may count as class 1. */
  threshold: [low: number, high: number];
  /** Beyond this |z| an example's graph is not drawn. */
  z_limit: number;
  home: string;
  /** Rate and steps that a link leaves out: with the data of a link without fields, and with others. */
  opening: { data: string; opt: string; lr: number; steps: number };
  elsewhere: { lr: number; steps: number };
  uses: Record<string, string[]>;
  controls: ControlSpec[];
  scenarios: ScenarioSpec[];
  playback: PlaybackSpec;
  figures: Record<"data" | "loss", FigureSpec>;
  surface: SurfaceSpec;
  features: [string, string];
  labels: [string, string];
  texts: TextBlock[];
}

export interface TrainingSpec extends TrainingStructure, Mounted {
  hidden: string[];
  file: string | null;
  own_points: boolean;
  blank: boolean;
}

// The file that is taken away

export type Places = [number, number][];

/** Where everything of one run is at each frame. */
export interface Track {
  steps: number[];
  x: number[];
  y: number[];
  /** Which point of the path each frame stands at. */
  at: number[];
  losses: number[];
  sides: (Places | null)[];
  lines: (Places | null)[];
  cells: string[][];
}

/** A Plotly shape that still needs its place. */
export type Shape = Record<string, unknown>;

export interface StandaloneSpec {
  shown: number[];
  wait: number;
  taken: number;
  figures: Record<"surface" | "data" | "loss", FigureSpec>;
  slices: { base64: string; up: number; across: number };
  which: number[];
  shapes: Record<"trail" | "marker" | "dot" | "line" | "side", Shape>[];
  cursor: Shape;
  runs: Track[];
  says: { slice: string[]; sides: string[]; names: string[][] };
}

// What only the browser remembers

export interface MemorySpec extends Mounted {
  /** What it is to keep from now on; null leaves it. */
  news: { count: number; kinds: Record<string, number[]> } | null;
  /** The same, for this visit. */
  visit: number[][] | null;
  /** The session that wants to hear it, if any. */
  asks: string;
}

/** A picture drawn in Python. */
export interface DrawingSpec extends Mounted {
  html: string;
}

// Between the two

/** The fields of the Practice page. */
export interface PracticeFields {
  seed: number;
  level: number;
  n: number;
  hide: string[];
}

/** What Python holds, and the last message that it has handled. */
export interface SyncSpec<Fields> extends Mounted {
  session: string;
  revision: number;
  client: string;
  ack: number;
  fields: Fields;
  answer: string;
  query: string;
  /** The one that Python has read or written last, as it stands in the browser. */
  link: string;
  returned: boolean;
}

/** What a flush may ask of Python. */
/** What the queue, the links and the sync mount need of a page. */
export interface Page<Fields = any> {
  component: Component<any>;
  root: HTMLElement;
  fields: Fields;
  session: string;
  revision: number;
  /** The fields as Python gave them last, written out. */
  given?: string;
  queue: MessageQueue;
  player: { pause(rest?: boolean): void };
  /** Names what is drawn; null where that is not whole. */
  structure: string | null;
  /** Resolves when what was asked for is drawn. */
  starting: Promise<unknown>;
  /** Whether it is, and no drawing has failed since. */
  ready: boolean;
  /** Draws all of it. */
  whole: () => Promise<void>;
  failure: HTMLElement | null;
  synced(): void;
  /** Called when its element is taken away. */
  leave: () => void;
}

/** A part of the derivation as LaTeX, or whether a blank is filled in right. */
export type Question = { latex: string; numbers: boolean } | { fill: string; typed: string };

export interface Message {
  client: string;
  seq: number;
  rest: boolean;
  ask: Question | undefined;
  fields: object;
}

/** The element that a mount keeps for ever, and what was made in it. */
export interface Host extends HTMLElement {
  lrviz?: GraphPage;
  lrvizTraining?: TrainingPage;
  lrvizStem?: string;
  /** Called when the page is left. */
  lrvizLeave?: () => void;
}

/** What Streamlit gives to a mounted component. */
export interface Component<Data> {
  data: Data;
  parentElement: Host;
  setStateValue(name: string, value: unknown): void;
  setTriggerValue(name: string, value: unknown): void;
}

// The part of Plotly that is used

export interface DrawnAxis {
  range: number[];
  type?: string;
}

export interface DrawnLayout {
  width: number;
  height: number;
  margin: Margin;
  scene?: object;
  xaxis: DrawnAxis;
  yaxis: DrawnAxis;
}

/** An axis with what only Plotly's own drawing knows: its offset and its scale, in px. */
export interface FullAxis extends DrawnAxis {
  _offset: number;
  l2p(value: number): number;
}

export interface PlotlyPoint {
  x: number;
  customdata: number;
}

export interface Plot extends HTMLElement {
  data?: { text?: string[] }[];
  layout: DrawnLayout;
  _fullLayout?: Record<"xaxis" | "yaxis" | "xaxis2" | "yaxis2", FullAxis>;
  on(event: string, listener: (event: { points: PlotlyPoint[] }) => void): void;
}

export interface Plotly {
  react(plot: HTMLElement, data: object[], layout: object, config?: object): Promise<unknown>;
  newPlot(plot: HTMLElement, data: object[], layout: object, config?: object): Promise<unknown>;
  update(plot: HTMLElement, data: object, layout: object, traces?: number[]): Promise<unknown>;
  relayout(plot: HTMLElement, layout: object): Promise<unknown>;
  restyle(plot: HTMLElement, data: object, traces?: number[]): Promise<unknown>;
  toImage(plot: HTMLElement, options: object): Promise<string>;
}

declare global {
  interface Window {
    Plotly?: Plotly;
  }

  /** For standalone.js, which stands alone. */
  namespace Standalone {
    type Corners = Places;
    type Drawing = Plotly;
    type Mark = Shape;
    type Spec = StandaloneSpec;
    /** A run's path as text, and how long it is at each point. */
    type Run = Track & { path: string; ends: number[] };
    type Style = StandaloneSpec["shapes"][number];
  }
}
