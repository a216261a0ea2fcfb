# ruff: noqa: RUF001
"""The words by which classes of good and of defective parts are known, in the languages of many lines. Data.

Words are parted by commas and written as people write them; several words in one place are a phrase. Capitals and
accents do not matter. `class_names` reads names by these lists.
"""

GOOD = """
good, ok, o k, okay, pass, passed, passing, goodpart, goodparts, okpart, okparts, nodefect, nodefects, defectfree
flawless, faultless, spotless, undamaged, unbroken, intact, acceptable, accepted, conforming, conform, compliant
defect free, defects free, fault free, error free, free of defects, free of defect, free of faults, correct, valid
anomaly free, anomalies free, flaw free, damage free, zero defects, 0 defects, 0 defect, nondefective, nonfaulty
accept, go, qualified, satisfactory, usable, fine, success, successful, regular, inlier, inliers, typical
normal, nominal, golden, clean, io, i o, healthy, perfect, approved
gut, gute, guter, gutes, gutteil, gutteile, fehlerfrei, fehlerlos, mangelfrei, einwandfrei, in ordnung, defektfrei
bon, bonne, bons, bonnes, conforme, conformes, accepté, bueno, buena, buenos, buenas, bien, aprobado, aprobada
aceptado, aceptable, sano, bom, boa, boas, aprovado, aprovada, aceito, perfeito
buono, buona, buoni, buone, bene, conformi, accettato, integro, goed, goedgekeurd
godkänd, godkjent, godkendt, hyvä, hyväksytty, dobry, dobra, dobre, dobrý, dobrá, dobré, w porządku, v pořádku, sprawny
hibátlan, megfelelő, bun, bună, admis, iyi, sağlam, hatasız, kusursuz, uygun, baik, bagus, tốt, đạt
хорошо, хороший, хорошие, хорошая, годен, годный, годные, годная, годно, норма, нормальный, нормально, исправен
исправный, исправно, целый, добре, добрий, придатний, справний, добър, καλό, καλά, καλός, καλή, αποδεκτό, κανονικό
良品, 良, 合格, 合格品, 正常, 正常品, 好, 好的, 好件, 好品, 优, 优品, 優良, 完好, 正品, 通过, 通過, 良好, 良好品
良い, 可, 欠陥なし, 欠陥無し, 異常なし, 異常無し, 問題なし
양품, 정상, 정상품, 합격, 합격품, 양호, 양호품, 좋음, 무결함, 결함없음, 이상없음, 불량없음
ดี, ผ่าน, ปกติ, अच्छा, ठीक, सही, جيد, سليم, صالح, خوب, سالم, תקין, טוב
"""
"""Names of good parts."""

SURE = "good, ok"
"""Those that mean good parts beside any other word: `ok_front`. A `normal_mode` may be a mode."""

DEFECTIVE = """
defect, defects, defective, defected, def, defekt, ng, n g, nok, notok, n ok, ko, k o, bad, badpart, badparts
fail, failed, failing, failure, failures, faulty, fault, faults, flaw, flaws, flawed, reject, rejects, rejected
anomaly, anomalies, anomalous, anomal, abnormal, abnormals, abnormality, broken, damaged, damage, scrap, scrapped, dud
nogood, notgood, nonconforming, noncompliant, nonconformity, unacceptable, unaccepted, unfit, unhealthy, imperfect
nogo, unqualified, unsatisfactory, unusable, irregular, nonconforme, atypical, notaccepted
notpass, nopass, notpassed, nonok, nongood, incorrect, invalid, wrong, outlier, outliers
nio, n io, n i o, ni o, schlecht, schlechte, schlechter, schlechtes, schlechtteil, schlechtteile, fehler, fehlerhaft
fehlerhafte, defekte, mangelhaft, mangel, mängel, ausschuss, kaputt, schadhaft, beschädigt
mauvais, mauvaise, mauvaises, défaut, défauts, défectueux, défectueuse, rebut, rebuts, rejeté, anomalie, inacceptable
malo, mala, malos, malas, defecto, defectos, defectuoso, defectuosa, rechazado, rechazada, rechazo, fallo, falla
mau, ruim, defeito, defeitos, defeituoso, defeituosa, reprovado, reprovada, rejeitado, refugo, falha, anomalia
cattivo, cattiva, difetto, difetti, difettoso, difettosa, difettosi, scarto, scarti, guasto
slecht, fout, defecten, afkeur, afgekeurd, dålig, underkänd, dårlig, feil, underkjent, fejl, huono, vika, viallinen
zły, zła, wada, wady, wadliwy, wadliwe, brak, braki, uszkodzony, vadný, vadné, vada, vady, zmetek, zmetky, špatný
rossz, hibás, selejt, selejtes, rău, rebutat, kötü, hatalı, hata, kusurlu, hurda, bozuk, buruk, cacat, rusak
xấu, lỗi, hỏng, плохо, плохой, плохие, брак, бракованный, бракованные, дефект, дефекты, дефектный, дефектные
негоден, негодный, негодные, неисправен, неисправный, неисправно, аномалия, поврежден, погано, поганий, лошо
ελαττωματικό, ελάττωμα, κακό, απορριπτέο
不良, 不良品, 不合格, 不合格品, 缺陷, 瑕疵, 异常, 異常, 次品, 废品, 廢品, 坏, 坏的, 坏件, 坏品, 壞, 壞品, 劣品, 残次
残次品, 不通过, 不通過, 未通过, 未通過, 报废, 報廢, 非良品, 不正常, 非正常, 不好, 损坏, 損壞
欠陥, 欠陥品, 異常品, 不可, 不具合, 故障
불량, 불량품, 불합격, 불합격품, 비정상, 결함, 이상, 나쁨, 하자, 부적합, 미달
เสีย, ไม่ดี, ไม่ผ่าน, ชำรุด, บกพร่อง, ผิดปกติ, खराब, दोष, दोषपूर्ण, معيب, تالف, عيب, معیوب, خراب, פגום, תקול
"""
"""Names of parts that are not good, whatever is wrong with them. Kinds of defects, such as scratch, do not stand here:
a class beside them need not be good."""

NEGATIONS = """
no, not, non, n, none, never, without, isnt, nicht, kein, keine, ohne, pas, sans, aucun, sin, não, sem, senza
niet, geen, zonder, ikke, inte, utan, uden, uten, nie, ne, bez, není, nem, nu, fără, değil, bukan, tidak, không, chưa
не, нет, без, όχι, χωρίς, 不, 非, 未, 无, 無, 没, 沒, 不是, 没有, 沒有, ない, なし, ไม่, नहीं, غير, لا, לא, ללא, بدون
"""
"""Words that turn the one behind them into its opposite."""

DOUBTS = """
almost, nearly, maybe, perhaps, probably, possibly, doubtful, unsure, uncertain, unclear, unknown, borderline, marginal
review, recheck, suspect, suspicious, questionable, semi, half, pseudo, rework, reworked, repaired, false, fake
with, but, or, and, vs, vielleicht, grenzwertig, unklar, verdacht, verdächtig, nacharbeit, mit, aber, oder, und
peut être, presque, avec, mais, ou, quizás, dudoso, casi, con, pero, talvez, quase, com, forse, dubbio, quasi
сомнительно, возможно, почти, или, 疑似, 可疑, 待定, 待判, 误判, 誤判, 要確認, 或, 의심, 보류
"""
"""Words beside which nothing is sure."""

FILLERS = """
part, parts, piece, pieces, product, products, item, items, unit, units, sample, samples, image, images, img, imgs
picture, pictures, photo, photos, class, cls, label, quality, result, status, is, are, all, the
teil, teile, bild, bilder, bauteil, bauteile, pièce, pièces, pieza, piezas, peça, peças, pezzo, pezzi, часть, деталь
детали, изделие, изделия, 件, 品, 的, 样本, 样品, 图, 图片, 圖片, 产品, 產品, 零件, 画像, 製品, 部品, 제품, 부품, 사진
"""
"""Words that say nothing, so that `good parts` is as clear as `good`."""
