//! The words that names elsewhere are made of.

pub const ADJECTIVES: &str = "Silver Northern Bright Golden Upper Quiet Red Copper Grand Noble Swift Crystal Hidden Western Velvet Iron Amber Royal Sunny Lofty Ancient Azure Stone Maple Twin Rapid Ivory Coastal Frost Broad";
pub const NOUNS: &str = "Birch Gate Harbour Falcon Ridge Lantern Meadow Compass Anchor Summit Orchard Bridge Beacon Heron Canyon Sparrow Pier Willow Forge Otter Glacier Prairie Cedar Castle Comet Thistle Raven Quarry Saddle Tide Acorn Badger Cliff Dune Ember Fjord Grove Hazel Inlet Juniper Kestrel Ledge Marsh Nettle Oak Pebble Quill Rowan Spruce Tern";
pub const GERMAN: &str = "Schneider Bergmann Hoffmann Krüger Weiß Lindner Vogel Brandt Kessler Reinhardt Böhm Steiner Winkler Haas Dietrich Engel Falkenberg Grün Hartwig Jäger Kaltenbach Löwe Mühlberg Nordhaus Osterwald Pfeiffer Quandt Rosenthal Sauer Thalheim Ullrich Voss Wagner Zimmermann";
pub const FRENCH: &str = "Beaumont Rivage Lefèvre Dupré Moreau Château Soleil Fontaine Clermont Belleville Garnier Perrin Chevalier Aubert Lacroix Marchand Renaud Béranger Carpentier Delacourt Étoile Fauré Giraud Hébert Joubert Lémery Montclair Noël Ormesson Pélissier";
pub const SPANISH: &str = "García Hermosa Navarro Castillo Sierra Fuente Morales Ibáñez Peña Salazar Cordero Valdés Rivera Montoya Aguilar Benítez Cabrera Domínguez Escudero Figueroa Gallego Herrera Jiménez Lozano Muñoz Núñez Ortega Quintana";
pub const VIETNAMESE: &str = "Thành Phát Minh Long Hòa Bình An Phú Đại Việt Kim Ngân Trường Sơn Hưng Thịnh Tân Hoàng Gia Lộc Bảo Châu Đông Á Quang Vinh";
pub const CANTONESE: &str = "陳Chan 黃Wong 李Lee 張Cheung 林Lam 何Ho 梁Leung 鄭Cheng 周Chow 新Sun 鴻Hung 基Kei 恒Hang 生Sang 永Wing 安On 豐Fung 和Wo 記Kee 大Tai 成Shing 興Hing 榮Wing 昌Cheong 發Fat 順Shun 富Fu 寶Po 金Kam 華Wah 國Kwok 健Kin 明Ming 光Kwong 輝Fai 達Tat 通Tung 海Hoi 龍Lung 東Tung 南Nam 利Lee 祥Cheung 盛Shing 德Tak 信Shun 義Yee 仁Yan 美Mei 麗Lai 英Ying 雄Hung 志Chi 強Keung 文Man 偉Wai 創Chong 業Yip 隆Lung 裕Yu 泰Tai 宏Wang 駿Chun 匯Wui 景King 嘉Ka 耀Yiu 堅Kin 亨Hang 力Lik 億Yik 進Chun 匡Hong 樂Lok 福Fook 壽Sau 喜Hei 財Choi";
pub const MANDARIN: &str = "蓝海Lanhai 远望Yuanwang 启明Qiming 正道Zhengdao 卓越Zhuoyue 三立Sanli 四维Siwei 九州Jiuzhou 六合Liuhe 昊天Haotian 磐石Panshi 鼎新Dingxin 奥普Aopu 博雅Boya 德润Derun 佰盛Baisheng 凌云Lingyun 曙光Shuguang 朗坤Langkun 万象Wanxiang 灵犀Lingxi 汇川Huichuan 兆易Zhaoyi 韦尔Weier 卓胜Zhuosheng 科沃Kewo 石头Shitou 追觅Zhuimi 云鲸Yunjing 极飞Jifei 优必Youbi 越疆Yuejiang 禾赛Hesai 速腾Suteng 图森Tusen 文远Wenyuan 小马Xiaoma 寒武Hanwu 地平Diping 黑芝Heizhi 摩尔Moer 壁仞Biren 燧原Suiyuan 天数Tianshu 沐曦Muxi 登临Denglin 瀚博Hanbo 墨芯Moxin 后摩Houmo 知存Zhicun";
pub const TAILS: &str = "达da 华hua 通tong 源yuan 泰tai 康kang 盛sheng 瑞rui 宇yu 恒heng 捷jie 凯kai 诺nuo 信xin 润run 博bo 丰feng 隆long 嘉jia 宏hong";
pub const KANJI: &str = "山田Yamada 田中Tanaka 鈴木Suzuki 佐藤Sato 高橋Takahashi 渡辺Watanabe 中村Nakamura 小林Kobayashi 加藤Kato 吉田Yoshida 松本Matsumoto 井上Inoue 木村Kimura 清水Shimizu 山崎Yamazaki 森Mori 池田Ikeda 橋本Hashimoto 石川Ishikawa 前田Maeda 藤田Fujita 岡田Okada 長谷川Hasegawa 村上Murakami 近藤Kondo 石井Ishii 坂本Sakamoto 遠藤Endo 青木Aoki 藤井Fujii 西村Nishimura 福田Fukuda 太田Ota 三浦Miura 岡本Okamoto 松田Matsuda 中野Nakano 原田Harada 小野Ono 竹内Takeuchi";
pub const KANA: &str = "サクラSakura ミライMirai ヒカリHikari カゼKaze ツバサTsubasa アオバAoba ナギNagi ヒナタHinata イロハIroha コトリKotori ソライロSorairo ミナトMinato カエデKaede スバルSubaru ヤマトYamato ハルカHaruka シズクShizuku ユメノYumeno アカツキAkatsuki ホタルHotaru";
pub const KOREAN: &str = "현Hyun 대Dae 우Woo 성Sung 신Shin 영Young 한Han 진Jin 동Dong 금Kum 호Ho 두Doo 산San 효Hyo 경Kyung 남Nam 일Il 삼Sam 정Jung 수Soo 국Kook 제Je 화Hwa 명Myung 원Won 창Chang 태Tae 미Mi 주Joo 광Kwang";

/// English, Chinese (Traditional), Japanese, Korean, German, French, Spanish; the last ones are in no table of ours.
pub const TRADES: &[[&str; 7]] = &[
    ["Logistics", "物流", "ロジスティクス", "로지스틱스", "Logistik", "Logistique", "Logística"],
    ["Foods", "食品", "フーズ", "식품", "Lebensmittel", "Alimentaire", "Alimentos"],
    ["Trading", "貿易", "商事", "무역", "Handel", "Négoce", "Comercio"],
    ["Construction", "建築", "建設", "건설", "Bau", "Construction", "Construcciones"],
    ["Machinery", "機械", "製作所", "기계", "Maschinenbau", "Machines", "Maquinaria"],
    ["Electronics", "電子", "電子", "전자", "Elektronik", "Électronique", "Electrónica"],
    ["Textiles", "紡織", "繊維", "섬유", "Textil", "Textiles", "Textil"],
    ["Optics", "光學", "光学", "광학", "Optik", "Optique", "Óptica"],
    ["Software", "軟件", "ソフトウェア", "소프트웨어", "Software", "Logiciels", "Software"],
    ["Insurance", "保險", "保険", "보험", "Versicherung", "Assurances", "Seguros"],
    ["Shipping", "航運", "海運", "해운", "Schifffahrt", "Maritime", "Naviera"],
    ["Properties", "置業", "不動産", "부동산", "Immobilien", "Immobilier", "Inmobiliaria"],
    ["Jewellery", "珠寶", "ジュエリー", "보석", "Schmuck", "Bijoux", "Joyería"],
    ["Toys", "玩具", "玩具", "완구", "Spielwaren", "Jouets", "Juguetes"],
    ["Printing", "印刷", "印刷", "인쇄", "Druck", "Imprimerie", "Imprenta"],
    ["Chemicals", "化工", "化学", "화학", "Chemie", "Chimie", "Química"],
    ["Medical", "醫療", "メディカル", "메디칼", "Medizintechnik", "Médical", "Médica"],
    ["Umbrellas", "雨傘", "傘業", "우산", "Schirme", "Parapluies", "Paraguas"],
    ["Bicycles", "自行車", "自転車", "자전거", "Fahrrad", "Cycles", "Bicicletas"],
    ["Candles", "蠟燭", "蝋燭", "양초", "Kerzen", "Bougies", "Velas"],
    ["Zippers", "拉鏈", "ファスナー", "지퍼", "Reißverschluss", "Fermetures", "Cremalleras"],
];
