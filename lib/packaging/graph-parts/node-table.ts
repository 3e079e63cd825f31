/** The attributes of ONNX's TreeEnsemble: inner nodes and leaves of all trees, each in arrays of their own. */
import { type OnnxAttribute, rawBytes } from '../onnx';
import type { Tree } from './tree';

/** `TreeEnsemble` of ai.onnx.ml 5, `nodes_modes`. */
const BRANCH_LEQ = 0;
const BRANCH_MEMBER = 6;

/** A node that splits; its children by their indices among the inner nodes, or among the leaves. */
interface InnerNode {
  readonly feature: number;
  readonly yes: number;
  readonly no: number;
  readonly yesIsLeaf: boolean;
  readonly noIsLeaf: boolean;
  /** @default false */
  readonly missingToYes?: boolean;
}

export class NodeTable {
  leafCount = 0;
  private count = 0;
  private readonly features: Int32Array;
  private readonly splits: Float64Array;
  private readonly modes: Uint8Array;
  private readonly trueNodes: Int32Array;
  private readonly falseNodes: Int32Array;
  private readonly trueIsLeaf: Uint8Array;
  private readonly falseIsLeaf: Uint8Array;
  private readonly missingTracksTrue: Uint8Array;
  private readonly leafTargets: Int32Array;
  private readonly leafWeights: Float64Array;
  private readonly members: number[] = [];
  private readonly roots: number[] = [];

  /** @param capacity nodes of all trees, a tree of one node counted as two */
  constructor(capacity: number) {
    this.features = new Int32Array(capacity);
    this.splits = new Float64Array(capacity);
    this.modes = new Uint8Array(capacity);
    this.trueNodes = new Int32Array(capacity);
    this.falseNodes = new Int32Array(capacity);
    this.trueIsLeaf = new Uint8Array(capacity);
    this.falseIsLeaf = new Uint8Array(capacity);
    this.missingTracksTrue = new Uint8Array(capacity);
    this.leafTargets = new Int32Array(capacity);
    this.leafWeights = new Float64Array(capacity);
  }

  /**
   * Adds a tree and returns the nodes that are its leaves.
   *
   * @param target what its leaves add to
   * @param weights what each node adds; without them a leaf adds its index among the leaves of all trees
   */
  add(tree: Tree, target: number, weights?: Float64Array): number[] {
    const { left, right, feature, threshold, missingLeft, members } = tree;
    const place = new Int32Array(left.length); // of a node: its index among the inner nodes, or among the leaves
    const leaves: number[] = [];
    let inner = this.count;
    for (let node = 0; node < left.length; node++) {
      if (left[node] === -1) {
        this.leafTargets[this.leafCount] = target;
        this.leafWeights[this.leafCount] = weights ? weights[node]! : this.leafCount;
        place[node] = this.leafCount++;
        leaves.push(node);
      } else {
        place[node] = inner++;
      }
    }
    this.roots.push(this.count);
    if (leaves.length === 1) {
      // a tree must have an inner node: this one leads to its single leaf either way
      this.set(this.count++, { feature: 0, yes: place[0]!, no: place[0]!, yesIsLeaf: true, noIsLeaf: true });
      return leaves;
    }
    for (let node = 0; node < left.length; node++) {
      const yes = left[node]!;
      const no = right[node]!;
      if (yes === -1) continue;
      this.set(place[node]!, {
        feature: feature[node]!,
        yes: place[yes]!,
        no: place[no]!,
        yesIsLeaf: left[yes] === -1,
        noIsLeaf: left[no] === -1,
        missingToYes: missingLeft?.[node] === 1,
      });
      const values = members?.[node];
      if (values) {
        this.modes[place[node]!] = BRANCH_MEMBER;
        this.members.push(...values, Number.NaN); // NaN ends the values of a node
      } else {
        this.modes[place[node]!] = BRANCH_LEQ;
        this.splits[place[node]!] = threshold[node]!;
      }
    }
    this.count = inner;
    return leaves;
  }

  /** @param targets how many sums there are */
  attributes(targets: number): Readonly<Record<string, OnnxAttribute>> {
    const { count, leafCount, members } = this;
    return {
      aggregate_function: 1, // sum
      leaf_targetids: this.leafTargets.subarray(0, leafCount),
      leaf_weights: { type: 'float64', shape: [leafCount], bytes: rawBytes(this.leafWeights.subarray(0, leafCount)) },
      ...(members.length > 0 && {
        membership_values: { type: 'float64', shape: [members.length], bytes: rawBytes(Float64Array.from(members)) },
      }),
      n_targets: targets,
      nodes_falseleafs: this.falseIsLeaf.subarray(0, count),
      nodes_falsenodeids: this.falseNodes.subarray(0, count),
      nodes_featureids: this.features.subarray(0, count),
      nodes_missing_value_tracks_true: this.missingTracksTrue.subarray(0, count),
      nodes_modes: { type: 'uint8', shape: [count], bytes: this.modes.subarray(0, count) },
      nodes_splits: { type: 'float64', shape: [count], bytes: rawBytes(this.splits.subarray(0, count)) },
      nodes_trueleafs: this.trueIsLeaf.subarray(0, count),
      nodes_truenodeids: this.trueNodes.subarray(0, count),
      post_transform: 0,
      tree_roots: this.roots,
    };
  }

  private set(at: number, { feature, yes, no, yesIsLeaf, noIsLeaf, missingToYes = false }: InnerNode): void {
    this.features[at] = feature;
    this.trueNodes[at] = yes;
    this.falseNodes[at] = no;
    this.trueIsLeaf[at] = Number(yesIsLeaf);
    this.falseIsLeaf[at] = Number(noIsLeaf);
    this.missingTracksTrue[at] = Number(missingToYes);
  }
}
