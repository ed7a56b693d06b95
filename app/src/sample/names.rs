//! Made-up names and words that no enterprise and no person has.

/// (Latin, Traditional, Simplified) halves of names that no enterprise has.
pub const FIRST: [(&str, &str, &str); 20] = [
    ("Lanyue", "嵐岳", "岚岳"),
    ("Qingchi", "青池", "青池"),
    ("Hetu", "禾途", "禾途"),
    ("Mingxi", "溟溪", "溟溪"),
    ("Yunzhou", "雲舟", "云舟"),
    ("Shuoguang", "朔光", "朔光"),
    ("Banlan", "斑瀾", "斑澜"),
    ("Zhuwei", "竹葦", "竹苇"),
    ("Ferrovia", "菲洛維", "菲洛维"),
    ("Altamar", "艾塔瑪", "艾塔玛"),
    ("Nordkap", "諾卡普", "诺卡普"),
    ("Brightwell", "明泉", "明泉"),
    ("Corvane", "科梵", "科梵"),
    ("Tesselle", "泰賽", "泰赛"),
    ("Ondara", "昂達", "昂达"),
    ("Kestrel", "隼翎", "隼翎"),
    ("Marisol", "瑪麗索", "玛丽索"),
    ("Haldane", "赫頓", "赫顿"),
    ("Verity", "維瑞", "维瑞"),
    ("Sorrel", "索瑞", "索瑞"),
];
pub const SECOND: [(&str, &str, &str, &str); 15] = [
    ("Biologics", "生物製藥", "生物制药", "life-health-technology"),
    ("Diagnostics", "診斷科技", "诊断科技", "life-health-technology"),
    ("Medical Devices", "醫療器械", "医疗器械", "life-health-technology"),
    ("Vision AI", "視覺智能", "视觉智能", "ai-data-science"),
    ("Data", "數據", "数据", "ai-data-science"),
    ("Chips", "芯片", "芯片", "ai-data-science"),
    ("Payments", "支付", "支付", "financial-technology"),
    ("Ledger Systems", "賬本系統", "账本系统", "financial-technology"),
    ("Insurtech", "保險科技", "保险科技", "financial-technology"),
    ("Robotics", "機械人", "机器人", "advanced-manufacturing-new-energy"),
    ("Batteries", "電池", "电池", "advanced-manufacturing-new-energy"),
    ("Materials", "新材料", "新材料", "advanced-manufacturing-new-energy"),
    ("Hydrogen", "氫能", "氢能", "advanced-manufacturing-new-energy"),
    ("Games", "遊戲", "游戏", "cultural-creative-technology"),
    ("Animation", "動畫", "动画", "cultural-creative-technology"),
];
pub const ORIGINS: [&str; 10] = [
    "mainland",
    "mainland",
    "mainland",
    "mainland",
    "united-states",
    "united-kingdom",
    "france",
    "germany",
    "japan",
    "singapore",
];
pub const GIVEN: [&str; 10] =
    ["Avery", "Blake", "Casey", "Devon", "Ellis", "Frankie", "Harper", "Jules", "Marlow", "Quinn"];
pub const FAMILY: [&str; 10] =
    ["Sample", "Exemplar", "Specimen", "Mockford", "Pattern", "Testwood", "Trial", "Modell", "Demoore", "Draft"];
pub const POSTS: [&str; 6] =
    ["Chief executive", "Head of strategy", "Hong Kong lead", "Finance director", "R&D director", "General counsel"];
